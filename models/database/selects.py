"""Select statements whose columns are written in one step."""

from typing import Any

from peewee import Case, Expression, Field, Function, ModelSelect, fn


class Select(ModelSelect):
    """Writes the same SQL as peewee, but faster.

    Peewee asks each column for its name step by step; for the forty columns of an instance that
    takes four times as long.
    """

    def __sql_selection__(self, ctx: Any, is_subquery: bool = False) -> Any:
        columns = self._returning
        if is_subquery or not all(isinstance(each, Field) for each in columns):
            return super().__sql_selection__(ctx, is_subquery)
        models = dict.fromkeys(each.model for each in columns)
        tables = {model: ctx.alias_manager[model._meta.table] for model in models}
        names = (f'"{tables[each.model]}"."{each.column_name}"' for each in columns)
        return ctx.literal(", ".join(names))


def how_many(condition: Expression) -> Function:
    """How many of the rows meet the condition; NULL where there are no rows at all."""
    return fn.SUM(Case(None, [(condition, 1)], 0))
