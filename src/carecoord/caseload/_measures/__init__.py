"""Measures as data: who is in which population, why, and what that makes."""
