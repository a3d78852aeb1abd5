"""What the parts of a report are called, and what each shows, how to read it and what it does not show."""

from __future__ import annotations

MEASURES: dict[str, tuple[str, str]] = {
    "k": ("k, the smallest class", "Persons who share all quasi-identifiers with the fewest others."),
    "classes": ("Classes", "Different combinations of the quasi-identifiers."),
    "uniques": ("Persons alone in a class", "Nobody else has their combination in this table."),
    "linked_k": ("k over all rows of a person", "As k, for somebody who knows every row of a person."),
    "risk.prosecutor_max": (
        "Prosecutor risk, highest",
        "Chance of picking the right row for the most exposed person known to be in the table.",
    ),
    "risk.prosecutor_mean": ("Prosecutor risk, mean", "The same chance on average over the rows."),
    "risk.at_risk": ("Rows above the threshold", "Rows whose prosecutor risk is higher than the threshold."),
    "risk.threshold": ("Threshold", "Where a row counts as being at risk."),
    "risk.journalist_max": (
        "Journalist risk, highest",
        "The chance for somebody who does not know who is in the table, only the population.",
    ),
    "risk.marketer": ("Marketer risk", "Share of all rows that a match within classes would link rightly."),
    "population_uniques.pitman": (
        "Unique in the population, Pitman",
        "Estimated share; good in small samples.",
    ),
    "population_uniques.zayatz": (
        "Unique in the population, Zayatz",
        "Estimated share; good in large samples.",
    ),
    "population_uniques.snb": (
        "Unique in the population, slide negative binomial",
        "Estimated share; too high in small samples.",
    ),
    "population_uniques.dankar": (
        "Unique in the population, Dankar's rule",
        "The one of the three it chooses.",
    ),
    "population.size": ("People in the population", "Of whom the export is a part."),
    "population.k_map": ("k-map", "Smallest class of the population that somebody in the export falls into."),
    "population.uniques": (
        "Classes of one in the population",
        "People nobody else in the population looks like.",
    ),
    "population.unmatched": ("People outside the population", "Those who fall into none of its classes."),
    "suda.scored": ("Rows with a minimal unique set", "Some set of columns singles them out."),
    "suda.expected": ("Expected right matches (SUDA2)", "Sum of the scores at a sampling fraction of 1 %."),
    "loglinear.gr1": ("Uniques of the sample unique in the population", "Expected by the log-linear model."),
    "loglinear.gr2": ("Right matches of uniques", "Expected by the log-linear model."),
    "rocher.population_uniqueness": (
        "Unique in the population, copula model",
        "Estimated share, after Rocher.",
    ),
    "weighted.expected": ("Expected right matches with weights", "Sum of the individual risks."),
    "weighted.highest": ("Highest individual risk with weights", "Of the most exposed row."),
}
"""Dotted name of a measure -> what it is called, and what it means."""

PARTS: dict[str, tuple[str, str, str, str]] = {
    "tokens": (
        "Tokens",
        "columns of hashed or keyed identifiers, and what opens them.",
        "a token that opens is as good as the address it was made of.",
        "dictionaries that others hold: what did not open here may open there.",
    ),
    "matching": (
        "Who would match the tokens",
        "for each profile, the tokens that it makes of the plain column or of the dictionary.",
        "a platform that hashes so and knows the address recognises the person.",
        "who really has an account there.",
    ),
    "enumerations": (
        "Tokens opened by trying all texts",
        "how many tokens a small space opens, and how long all of it would take on this machine.",
        "what opens needs no dictionary: anybody can try every date or telephone number.",
        "the speed of special hardware, which is far higher.",
    ),
    "shared_tokens": (
        "Tokens shared with other exports",
        "tokens that two exports of the sender have in common, and what joining them gives.",
        "whoever receives both joins these rows without opening a token; alone counts persons among those "
        "joined, by the quasi-identifiers of the first export, then of both.",
        "exports that were not given here.",
    ),
    "minimal_uniques": (
        "Sets of columns that single somebody out",
        "the smallest sets of columns that make somebody unique, those of most people first.",
        "knowing only these columns already finds the record of that many people.",
        "which of these columns somebody else knows.",
    ),
    "drops": (
        "What to leave out or coarsen first",
        "the best way to leave out or coarsen one column, two columns, and so on, by search over sets.",
        "risk is the mean chance of picking the right row; take the first step that leaves little enough.",
        "what the data is still good for afterwards.",
    ),
    "contributions": (
        "Which columns give people away",
        "each column's share of the mean risk, averaged over every order of adding the columns.",
        "the bars add up to the risk; a long one is worth coarsening first.",
        "what a column adds for somebody who does not know the others.",
    ),
    "likeness": (
        "Further limits on what a class gives away",
        "the alpha, recursive c, beta and delta that the worst class still keeps.",
        "smaller is better; not measured stands where no limit is kept, however large.",
        "whether different values mean the same thing.",
    ),
    "frontier": (
        "Attacks after each defence",
        "the advantage of each attack on what each defence releases.",
        "0 is no better than guessing, 1 always right; half of the rows were held out as the control.",
        "attacks that were not run.",
    ),
    "strongest_attack": (
        "The strongest attack after each defence",
        "the worst of the attacks, which is the one that somebody would choose.",
        "the interval is widened, since the strongest of several is strong by luck too.",
        "attacks that are not named beside it.",
    ),
    "groups": (
        "Groups",
        "the risk of each group within the classes of the whole table, the worst group first.",
        "a mean over everybody hides a group that is much worse off; a group is called by its place in size.",
        "groups that overlap.",
    ),
}
"""Key of a part -> its title, what it shows, how to read it, what it does not show."""
