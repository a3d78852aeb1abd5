# %% [markdown]
# # 00 · The case in numbers
#
# **Objectives.** After this lesson you can
#
# - state what left the house in the BetterHelp case, and how sure we are of each number,
# - compute the match rate and say why it is no bound,
# - show in two lines why a hashed address is still the address to whoever holds accounts,
# - say what a secret key would have changed, and for whom.
#
# **Prerequisites.** None; you can read a line of Python. About 25 minutes.
#
# One question leads through the lesson: *if only hashes were sent, what did the platform learn?*

# %%
import hmac

from exports import Share, find_profile
from reidlab import follow, lessons
from simulate import load_case

case = load_case("betterhelp")

# %% [markdown]
# ## What happened
#
# Between 2013 and 2020 an online therapy site gave addresses and intake answers of its visitors to advertising platforms,
# although it had promised to keep them private. Each fact below has a *status*: **seen** was read in a stored page of the
# agency or the press, **secondary** comes from a summary, **believed** is recalled and was not read again, **assumed** is nobody's
# finding but a choice of this lab.

# %%
for fact in case.facts:
    print(f"[{fact.status}] {fact.name}: {fact.value}")

# %% [markdown]
# ## How many were matched?
#
# More than 7,000,000 hashed addresses were uploaded, and more than 4,000,000 of them matched accounts. The **match rate** is the second
# number over the first. Throughout the course a rate is printed with its two counts.

# %%
target = case.target
Share(target.matched, target.uploaded)

# %% [markdown]
# That is 57.1 %. Both counts are rounded lower bounds ("more than"), so their ratio can lie on either side of the true one:
# it is not itself a bound. Vendors call 30 to 50 % usual for e-mail alone.

# %% tags=["quoted"]
lessons.quoted("7,000,000", target.uploaded)
lessons.quoted("4,000,000", target.matched)
lessons.quoted("57.1 %", target.matched / target.uploaded)

# %% [markdown]
# **Exercise.** Suppose that in truth 7,400,000 addresses were uploaded and 4,050,000 matched. Both agree with "more than". What
# is the match rate then?

# %% tags=["exercise"]
match_rate = ...

# %% tags=["solution"]
match_rate = 4_050_000 / 7_400_000

# %% tags=["check"]
lessons.check("00/match_rate", match_rate)

# %% [markdown]
# ## Why a hash hides nothing from this receiver
#
# A **hash** turns any text into 64 characters that look random; the same text always gives the same characters, and nobody can compute
# the text from them. What is sent in place of an address is called a **token**. Both sides hash here: the site its visitors' addresses,
# the platform those of its own users.

# %%
site = find_profile("meta.audience_sdk").rule("email")
platform = find_profile("meta.conversions").rule("email")
sent = site.apply("Ann.Bee@mail.example").digest
held = {platform.apply(address).digest: address for address in ("ann.bee@mail.example", "carl@mail.example")}
sent, held.get(sent)

# %% [markdown]
# No hash was reversed. The platform looked the token up among the hashes it had made itself, and found its own user. From then
# on it knows that this person visited a therapy site: **the list itself is the health fact**, before any answer is sent.

# %% [markdown]
# **Exercise.** Which of these receivers learns who is on a hashed list without trying any guesses? Answer with its letter.
#
# - `"a"` somebody who steals the list and holds no addresses
# - `"b"` a platform that holds accounts with addresses
# - `"c"` somebody who stores the list, encrypted

# %% tags=["exercise"]
receiver = ...

# %% tags=["solution"]
receiver = "b"

# %% tags=["check"]
lessons.check("00/receiver", receiver)

# %% [markdown]
# ## Mitigation, and the attack again
#
# What if the site mixes in a *secret key* that the platform does not hold?

# %%
keyed = hmac.new(b"known to the site alone", b"ann.bee@mail.example", "sha256").hexdigest()
held.get(sent), held.get(keyed)

# %% [markdown]
# The same look-up now finds nobody. It finds nobody for the site either: its advertisement cannot be shown to anybody on the list. A
# match *is* the disclosure, so no hash can give the one without the other. Lesson 04 takes keys and salts further.

# %%
assert sent in held
assert keyed not in held

# %% [markdown]
# ## What was sent to whom

# %%
for transfer in case.transfers:
    print(
        f"{transfer.date}  {transfer.platform:<10} {transfer.count:>9,}  [{transfer.status}] {transfer.source}"
    )

# %% [markdown]
# The list of Google is in no complaint: the lab adds it for comparison, and its line says so. Of Pinterest the complaint gives no number.
#
# **Exercise.** How many of the transfers above rest on something that was *seen*?

# %% tags=["exercise"]
seen = ...

# %% tags=["solution"]
seen = sum(transfer.status == "seen" for transfer in case.transfers)

# %% tags=["check"]
lessons.check("00/seen", seen)

# %% [markdown]
# ## One person, followed
#
# A simulated person walks from the intake page to the platforms, and every attack of the later lessons walks back. *Content note: two
# steps name answers about low mood and thoughts of being better off dead; they stay closed until you open them.* Tab leads to slider and
# buttons; the arrow keys move the slider, Enter presses a button.

# %%
way = follow(case, 17, seed=3)
way.widget()

# %% [markdown]
# Nobody has this name, address or number: all of them come from reserved spaces. Another person is one number away, and
# `reidlab follow --person 21` prints one on the command line.
#
# ## Summary
#
# - The match rate of 57.1 % is a ratio of two rounded lower bounds.
# - A hash protects against a reader without addresses, and against nobody who holds accounts.
# - Membership of the list is the first thing that leaks.
#
# ## Further reading
#
# - Federal Trade Commission, *No, hashing still doesn't make your data anonymous*, 24 July 2024.
# - *In the Matter of BetterHelp, Inc.*, FTC File No. 202 3169, Docket C-4796.

# %% [markdown]
# ## Zusammenfassung auf Deutsch
#
# **Was geschah.** Zwischen 2013 und 2020 gab eine Therapie-Plattform Adressen und Antworten ihrer Besucherinnen und Besucher an
# Werbeplattformen weiter, obwohl sie Vertraulichkeit versprochen hatte. Sie lud mehr als 7 Millionen gehashte E-Mail-Adressen bei Facebook
# hoch; mehr als 4 Millionen davon ließen sich Konten zuordnen, rund 57 % (Status beider Zahlen: *gesehen*, das heißt in einer gespeicherten
# Seite der Behörde oder der Presse nachgelesen). Beide Zahlen sind gerundete Untergrenzen, ihr Verhältnis ist deshalb selbst keine.
#
# **Warum der Hash nicht half.** Ein Hash ist ein Fingerabdruck der Adresse: Aus ihm lässt sich die Adresse nicht zurückrechnen. Die
# Plattform braucht das auch nicht. Sie hasht die Adressen ihrer eigenen Konten auf dieselbe Weise und vergleicht. Der Hash verbirgt die
# Adresse nur vor jemandem, der selbst keine Adressen besitzt.
#
# **Was daraus folgt.** Schon die Zugehörigkeit zur Liste verrät, dass jemand Hilfe gesucht hat, noch vor jeder Antwort im Fragebogen. Was
# einmal zugeordnet wurde, macht eine spätere Löschung der Liste nicht ungeschehen. Alle Personen in diesem Labor sind simuliert; keine
# Adresse gehört jemandem.
