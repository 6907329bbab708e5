"""Write a rule back as text that reads into the same rule."""

from __future__ import annotations

from carecoord.rules._nodes import (
    AGGREGATES,
    And,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Lookup,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Or,
)

__all__ = ["printed", "written"]


def written(value: float | str) -> str:
    """Write a constant as a rule does."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f"'{value}'" if "'" not in value else f'"{value}"'
    text = repr(value)
    if "e" not in text:
        return text
    from decimal import Decimal  # noqa: PLC0415 - few rules hold so small a number

    return format(Decimal(text), "f")


_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)


def printed(node: Node) -> str:
    """Give the text of a rule."""
    return _print(node)[0]


def _within(node: Node, least: int) -> str:
    text, strength = _print(node)
    return text if strength >= least else f"({text})"


def _print(node: Node) -> tuple[str, int]:
    match node:
        case Constant(value=value):
            text = written(value)
            return text, _SIGN if text.startswith("-") else _ATOM
        case Name(id=name) | Defined(name=name):
            return name, _ATOM
        case Negative(value=inner):
            return f"-{_within(inner, _ATOM)}", _SIGN
        case Arithmetic(operator=operator, left=left, right=right):
            own = _SUM if operator in "+-" else _PRODUCT
            return f"{_within(left, own)} {operator} {_within(right, own + 1)}", own
        case Comparison(relation=relation, left=left, right=right):
            return f"{_within(left, _SUM)} {relation} {_within(right, _SUM)}", _COMPARISON
        case Member(value=inner, choices=choices):
            listed = ", ".join(map(written, choices)) + ("," if len(choices) == 1 else "")
            return f"{_within(inner, _SUM)} in ({listed})", _COMPARISON
        case And(parts=parts):
            return " and ".join(_within(part, _NOT) for part in parts), _AND
        case Or(parts=parts):
            return " or ".join(_within(part, _AND) for part in parts), _OR
        case Not(value=inner):
            return f"not {_within(inner, _NOT)}", _NOT
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return f"{_within(then, _OR)} if {_within(condition, _OR)} else {_within(otherwise, _CHOICE)}", _CHOICE
        case Given(condition=condition, value=inner):
            return f"{_within(inner, _OR)} where {_within(condition, _OR)}", _CHOICE
        case Lookup(value=inner, table=table):
            return f"lookup({printed(inner)}, {table})", _ATOM
        case Call(function=function, arguments=arguments, known=known):
            listed = ", ".join(map(printed, arguments))
            if known:
                listed = f"known({listed})"
            elif function in AGGREGATES and listed.startswith("known("):
                listed = f"[{listed}]"
            return f"{function}({listed})", _ATOM
