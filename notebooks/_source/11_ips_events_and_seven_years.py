# %% [markdown]
# # 11 · IPs, events and seven years
#
# **Objectives.** After this lesson you can
#
# - measure whose visit an IP address gives away, and who else in the household learns of it,
# - decode event names that "only the sender understands", and state what one event makes a platform believe,
# - compute what repeating a list for years adds, and what a deletion at the end does not take back.
#
# **Prerequisites.** Lessons 00 and 03. About 40 minutes.
#
# Some answers in this lesson are about low mood and thoughts of being better off dead. They belong to simulated people.
#
# The question: *no e-mail address is sent today; what does the platform still learn?*

# %%
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa

from attacks import EventDecoding, IpHousehold
from defenses import NeutralEvents, Truncate
from exports import Export, Release, Schema, Stream, Truth
from reidlab import lessons
from reidlab.case.replay import run
from reidlab.plots.posterior_shift import Shift, posterior_shift
from reidlab.plots.seven_years import seven_years
from simulate import load_case, simulate_people
from simulate.disclosure import events
from simulate.disclosure.tally import Tally
from simulate.disclosure.visitors import tabulate
from simulate.upload.collection import site_of

case = load_case("betterhelp")

# %% [markdown]
# ## 1. An address is a household
#
# An *IP address* names an internet connection, not a person. The complaint says that e-mail and IP addresses of about 5.6 million former
# visitors were given to a platform, to show them advertisements again (**seen**; the date, January 2019, is **believed**).
#
# We take 65,536 simulated residents with their households. An address changes when the provider gives the connection another one.

# %%
residents = simulate_people(65_536, seed=11, population="residents", groups=("core", "home", "network"))
one_address_a_month = float(np.mean(residents["ips_in_month"].to_numpy() == 1))
one_address_a_month

# %% [markdown]
# 59.5 % of the connections keep one address for a month or longer; the published figure, on which the simulation is calibrated, is
# 60 % (comScore, **seen**). So an address is a good name for a home, for weeks.

# %% tags=["quoted"]
lessons.quoted("59.5 %", one_address_a_month)

# %% [markdown]
# The site knows 3,000 visits by IP address, and no name. The platform knows where its own users are at home: we give 60 % of all
# residents an account (**assumed**).

# %%
users = residents.take(Stream(11, "lesson", "accounts").permutation(65_536)[: 65_536 * 6 // 10])
sightings = users.select(["person_id", "home_ip"]).rename_columns(["person_id", "ip"])

# %%
adults = residents.filter(pa.array(residents["age"].to_numpy() >= 18))
visitors = adults.take(Stream(11, "lesson", "visitors").permutation(adults.num_rows)[:3_000])
schema = replace(Schema.of("person_id", token=["ip"]), household="household_id")
visits = Release("events", schema, table=visitors.select(["ip"]))

# %% [markdown]
# ### Attack
#
# The platform takes each visit for a user whom it saw at the same address.

# %%
truth = Truth(residents, owner=np.searchsorted(residents["person_id"], visitors["person_id"]))
by_address = IpHousehold(sightings).run(visits, truth, seed=1)
by_address.series["outcome"]

# %% [markdown]
# 651 visits are taken for the right person, without any e-mail address. 941 more reach *another member of the same household*: the
# advertisement for a therapy site then appears on the screen of a partner, a parent or a child. 1,359 reach nobody: the visit came over
# a mobile network, from elsewhere, or nobody at home has an account.

# %% tags=["quoted"]
lessons.quoted("651", by_address.series["outcome"]["right"])
lessons.quoted("941", by_address.series["outcome"]["household"])
lessons.quoted("1,359", by_address.series["outcome"]["nobody"])

# %% [markdown]
# **Exercise.** Of the visits that lead into the right home (the right person or another member), which share reaches the
# *wrong* person of that home?

# %% tags=["exercise"]
wrong_at_home = ...

# %% tags=["solution"]
outcome = by_address.series["outcome"]
wrong_at_home = outcome["household"] / (outcome["right"] + outcome["household"])

# %% tags=["check"]
lessons.check("11/wrong_at_home", wrong_at_home)

# %% [markdown]
# ### Mitigation and re-attack: fewer bits
#
# *Truncation* sends only the first bits of the address's hash, so that several connections share each token.


# %%
def attack_truncated(k):
    cut = Truncate(k=k, population=residents.num_rows)
    sent = cut.fit_transform(Export(visitors.select(["person_id", "household_id", "ip"]), schema))
    seen = cut.recipient_tokens(Export(sightings, Schema.of("person_id", token=["ip"])))
    return IpHousehold(seen).run(Release("events", schema, table=sent.rows), truth, seed=1)


truncated = {k: attack_truncated(k) for k in (2, 8, 32)}
{k: result.attack for k, result in truncated.items()}

# %% [markdown]
# With 32 residents expected for each token the platform always finds *somebody*, and is right for 52 of 3,000 visits. But those whom it
# takes for visitors are now mostly strangers: what protects the visitors is paid by others. Not sending the address costs nobody that.
# %% tags=["quoted"]
lessons.quoted("52", truncated[32].attack.count)
lessons.quoted("3,000", truncated[32].attack.of)

# %% [markdown]
# **Exercise.** Which of these makes the attack impossible instead of less often right?
#
# - `"a"` hash the address
# - `"b"` send no address
# - `"c"` send the address only for visits from home

# %% tags=["exercise"]
impossible = ...

# %% tags=["solution"]
impossible = "b"

# %% tags=["check"]
lessons.check("11/impossible", impossible)

# %% [markdown]
# ## 2. Events that only the sender understands
#
# A *beacon* is a piece of a page that tells a platform what a visitor does there; each message is an *event*. The events of this site
# are said to have had names that mean nothing to a reader (**believed**): here `event 11` and so on. What each stands for:

# %%
{event.name: f"{event.column} = {event.value} [{event.status}]" for event in case.events}

# %%
values = {name: entry.value for name, entry in case.parameters.items()}
people = Tally(case, seed=11, site=site_of(case, values)).visitors(0, 20_000, {})
fired = events.fired(people, case)

# %% [markdown]
# `fired` says who sends which event: whoever is asked, answers so, and does not block beacons. We list the events of the first
# 2,000 people, with what each really means beside it.

# %%
first = [(event, np.flatnonzero(fired[event.name][:2_000])) for event in case.events]
answers = pa.table(
    {
        "person_id": np.concatenate([rows for _, rows in first]),
        "event": [event.name for event, rows in first for _ in rows],
        "meaning": [event.column for event, rows in first for _ in rows],
    }
)
sent = Export(answers.select(["person_id", "event"]), Schema.of("person_id", quasi_identifier=["event"]))

# %% [markdown]
# ### Attack
#
# Twenty of the platform's own staff try the site, and remember what they answered.

# %%
by_event = Release("events", sent.schema, table=sent.table)
decoding = EventDecoding("event", "meaning", testers=20)
decoded = decoding.run(by_event, Truth(answers, owner=np.arange(answers.num_rows)), seed=1)
decoded.series["decoded"], decoded.attack

# %% [markdown]
# Every name is decoded. A name that nobody explains is a name that somebody has to try out.
#
# What does one decoded event make the platform believe? Compare the share of all 20,000 people to whom the answer applies (*prior*) with the
# share among those who sent the event, and among those who did not (*posteriors*).


# %%
def shift(event):
    believed = events.belief(tabulate(fired[event.name], people.is_value(event.column, event.value)))
    seen = {"sent": believed["with_event"]["share"], "not sent": believed["without_event"]["share"]}
    return Shift(believed["prior"]["share"], seen)


shifts = {f"{event.name} ({event.column})": shift(event) for event in case.events}
posterior_shift(shifts, claim="the answer applies to a person")

# %% [markdown]
# With the event the platform is certain. Without it the belief falls, and not to zero, because many people block beacons or skip the
# question: for earlier therapy (`event 11`) it goes from 58.1 % to 100 % with the event, and to 39.8 % without it.

# %% tags=["quoted"]
lessons.quoted("58.1 %", shifts["event 11 (therapy_before)"].prior)
lessons.quoted("39.8 %", shifts["event 11 (therapy_before)"].posteriors["not sent"])

# %% [markdown]
# **Exercise.** By which factor does `event 14` raise the belief in its answer? Use `shifts["event 14 (better_off_dead)"]`.

# %% tags=["exercise"]
factor = ...

# %% tags=["solution"]
dark = shifts["event 14 (better_off_dead)"]
factor = dark.posteriors["sent"] / dark.prior

# %% tags=["check"]
lessons.check("11/factor", factor)

# %% [markdown]
# ### Mitigation and re-attack: one name for all

# %%
neutral = NeutralEvents("event").fit_transform(sent)
redecoded = decoding.run(neutral, Truth(answers, owner=np.arange(answers.num_rows)), seed=1)
redecoded.attack, redecoded.baseline

# %% [markdown]
# With one name for all, the platform reads each event as the commonest answer: 32.5 %, which it could have guessed without any event. That
# somebody was on a therapy site at all is still told.

# %% tags=["quoted"]
lessons.quoted("32.5 %", redecoded.attack.share)
lessons.quoted("32.5 %", redecoded.baseline.share)

# %%
assert decoded.series["decoded"]["right"] == len(case.events)
assert redecoded.attack.count <= redecoded.baseline.count

# %% [markdown]
# ## 3. Seven years of lists
#
# The sharing went on from 2013 to 2020 (**seen**); a list each year is our simplification. Every list holds everybody collected so far.
# Over the years people join the platform, and others give up an address, which their accounts follow half a year later (**assumed**).

# %%
done = run(case, Path(mkdtemp()) / "run", people=20_000, seed=11)
lists = done.disclosed["years"]
by_year = lists["by_year"]

# %%
seven_years(by_year)

# %% [markdown]
# The lower line is what one list gives, the upper line what all lists so far gave: whoever was matched once stays known. By 2020 the
# platform has recognised 22,733 of these 36,000 people; the last list alone matches 19,754 of them.

# %% tags=["quoted"]
lessons.quoted("22,733", by_year["2020"]["matched_ever"]["count"])
lessons.quoted("36,000", by_year["2020"]["collected"])
lessons.quoted("19,754", by_year["2020"]["matched_at_once"]["count"])

# %% [markdown]
# **Exercise.** How many of these simulated people would never have been recognised had the lists stopped at the end of 2016?
# Compare `by_year["2020"]["matched_ever"]["count"]` with an earlier year.

# %% tags=["exercise"]
spared = ...

# %% tags=["solution"]
spared = by_year["2020"]["matched_ever"]["count"] - by_year["2016"]["matched_ever"]["count"]

# %% tags=["check"]
lessons.check("11/spared", spared)

# %% [markdown]
# ### Mitigation: delete everything at the end?
#
# The order asks the third parties to delete what they received (**seen**).

# %%
after = lists["after_deletion"]
after

# %% [markdown]
# The lists are gone, and the number of people who shaped the platform's models and segments is what it was. A deletion ends what is still
# to come. Only what was never sent is never learnt.

# %%
assert truncated[32].attack.share < by_address.attack.share
assert after["people_who_shaped_models_and_segments"] == by_year["2020"]["matched_ever"]["count"]

# %% [markdown]
# ## Summary
#
# - An IP address leads into a home; who sits there is guessed, and the wrong guess tells a relative.
# - An obscure name protects until somebody tries it out; one event turns a prior into certainty.
# - Repetition only adds: the share ever recognised grows, and a later deletion does not bring it down.
#
# ## Further reading
#
# - Mishra and others (2020), *Don't count me out: on the relevance of IP address in the tracking ecosystem*,
#   [doi:10.1145/3366423.3380161](https://doi.org/10.1145/3366423.3380161).
# - `reidlab replay betterhelp --json`, keys `retargeting`, `events`, `years` and `remedies`: the same with every part of the case.
