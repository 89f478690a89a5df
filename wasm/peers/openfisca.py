"""The riksnorm written for OpenFisca-Core, and what it costs there.

    node list.mjs peer | python3 openfisca.py check    the rules alone, on every shared case: needs only Python
    node list.mjs peer | python3 openfisca.py bench    by OpenFisca, where openfisca_core is installed

Standard input has the figures, the shared cases by column, and the amount that each must
give. Where one differs nothing is measured. OpenFisca computes many households at once:
both that and one household at a time are measured, each without a trace of reasons.

The rules are plain arithmetic, so that they run on numbers as they do on OpenFisca's
arrays: a comparison is 1 or 0.
"""

import json
import sys
import time

FACTS = ("adults", "rent", "electricity", "insurance", "sickness", "benefit")


class Rules:
    """The rules of one year's figures. A household is a function that gives a column."""

    def __init__(self, figures):
        self.figures = figures
        self.columns = {f"c{i}": amount for i, amount in enumerate(figures["children"])}
        self.columns |= {f"a{i}": amount for i, amount in enumerate(figures["away"])}

    def adult(self, column):
        return (column("adults") == 2) * self.figures["couple"] + (column("adults") == 1) * self.figures["single"]

    def children(self, column):
        return sum(column(name) * amount for name, amount in self.columns.items())

    def joint(self, column):
        persons = column("adults") + sum(column(name) for name in self.columns)
        joint = self.figures["joint"]
        return sum((persons == i + 1) * amount for i, amount in enumerate(joint[:-1])) + (persons >= len(joint)) * joint[-1]

    def support(self, column):
        norm = column("adult") + column("children") + column("joint")
        lacking = norm + column("rent") + column("electricity") + column("insurance") - column("sickness") - column("benefit")
        return (lacking > 0) * lacking


STEPS = ("adult", "children", "joint", "support")


def alone(rules, case):
    """The rules on one household's numbers."""

    def column(name):
        return getattr(rules, name)(column) if name in STEPS else case[name]

    return column("support")


def system(rules):
    """The rules as a tax and benefit system."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import MONTH
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="Person", is_person=True)
    household = build_entity(key="household", plural="households", label="Household", roles=[{"key": "member", "plural": "members", "label": "Member"}])
    whole = TaxBenefitSystem([person, household])
    base = {"value_type": float, "entity": household, "definition_period": MONTH}
    for name in (*FACTS, *rules.columns):
        whole.add_variable(type(name, (Variable,), base | {"label": name}))

    def formula_of(step):
        def formula(members, period, parameters):
            return getattr(rules, step)(lambda name: members(name, period))

        return formula

    for step in STEPS:
        whole.add_variable(type(step, (Variable,), base | {"label": step, "formula": formula_of(step)}))
    return whole


def compute(whole, columns, cases):
    """The support of these households, computed in one simulation."""
    from openfisca_core.simulations import SimulationBuilder

    period = "2026-11"
    simulation = SimulationBuilder().build_default_simulation(whole, len(cases))
    for name in columns:
        simulation.set_input(name, period, [case[name] for case in cases])
    return simulation.calculate("support", period)


def bench(rules, cases, rounds):
    whole, columns = system(rules), (*FACTS, *rules.columns)
    for case, amount in zip(cases, compute(whole, columns, cases), strict=True):
        differs(case, float(amount))
    single, many = [], []
    for _ in range(rounds):
        begin = time.perf_counter()
        for case in cases:
            compute(whole, columns, [case])
        single.append((time.perf_counter() - begin) * 1000 / len(cases))
        crowd = cases * (100_000 // len(cases))
        begin = time.perf_counter()
        compute(whole, columns, crowd)
        many.append((time.perf_counter() - begin) * 1000 / len(crowd))
    for name, values in (("openfisca estimate", single), ("openfisca population", many)):
        print(json.dumps({"name": name, "unit": "ms", "values": values}))


def differs(case, amount):
    if amount != case["support"]:
        sys.exit(f"error: these rules give {amount}, not {case['support']}, for {json.dumps(case)}")


def main():
    given = json.load(sys.stdin)
    rules, cases = Rules(given["figures"]), given["cases"]
    if sys.argv[1:] == ["check"]:
        for case in cases:
            differs(case, alone(rules, case))
        print(len(cases))
    elif sys.argv[1:] == ["bench"]:
        bench(rules, cases, 5)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
