"""What people are and answer, one module per field of their lives.

- ``care``: Mental illness, therapy and medication: liabilities that share distress, cut at published
  rates.
- ``demography``: Age and sex of the country's residents and of those among them who visit the site.
- ``distress``: The one latent factor behind the questionnaires, and PHQ-9 and GAD-7 answered item by
  item.
- ``households``: Households of residents: couples, their children, lone parents, people alone and
  sharers.
- ``identity``: Gender identity, orientation and religion, which depend on birth cohort, sex and one
  another.
- ``intake``: What visitors answer before they may sign up, beyond the questionnaires.
- ``names``: Given names by sex and birth cohort, surnames, and the pieces of addresses made of them.
- ``network``: Internet addresses and devices: a household's connection, mobile carriers' shared ones,
  and churn.
- ``places``: Where people live: ZCTA, state, a made-up city and street, and a telephone number of the
  region.
- ``rates``: Published rates by age group and by sex, combined into one rate per age and sex.
- ``visits``: From the visit on: the sub-brand that somebody came to, signing up, paying, and consent
  given.
"""
