# %% [markdown]
# # 13 · Assess your own export
#
# **Objectives.** After this lesson you can
#
# - declare which columns of a table others may know, and which are sensitive,
# - compute how many people stand alone, and read k and distinct l,
# - coarsen a table, measure it again, and say which risk is left.
#
# **Prerequisites.** Lesson 00. About 25 minutes.
#
# The question: *before a table leaves the house, how many people in it can be picked out?*

# %%
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa
from pyarrow import csv

from exports import Schema
from reidlab import assess, lessons
from reidlab.plots.class_sizes import class_sizes

# %% [markdown]
# ## A small export
#
# The table is made up: 500 people, their age, a district and the topic they asked about.

# %%
draw = np.random.default_rng(13)
age = draw.integers(18, 80, 500)
district = draw.integers(0, 10, 500)
topic = draw.choice(["sleep", "work", "family"], 500)

# %%
table = pa.table({"age": age, "district": district, "topic": topic})
schema = Schema.of(quasi_identifier=["age", "district"], sensitive=["topic"])
before = assess(table, schema)
before

# %% [markdown]
# No name is in the table. Still, a person whose age and district nobody else shares is *alone in a class*: whoever knows
# both finds the row, and reads the topic. Of 500 people 244 are alone.

# %% tags=["quoted"]
lessons.quoted("500", before.rows)
lessons.quoted("244", before.uniques)

# %% [markdown]
# **Exercise.** What share of the rows is alone? `before.uniques` counts them, `before.rows` counts all.

# %% tags=["exercise"]
alone = ...

# %% tags=["solution"]
alone = before.uniques / before.rows

# %% tags=["check"]
lessons.check("13/alone", alone)

# %% [markdown]
# ## Coarsen, and measure again
#
# The recipient needs no exact age. Two age groups and two regions replace the exact values.

# %%
coarse = pa.table({"age": age // 50, "district": district // 5, "topic": topic})
after = assess(coarse, schema)
class_sizes({"exact": before, "coarse": after})

# %% [markdown]
# Everybody is now in a class of 100 or more. `k` is the size of the smallest class: nobody who knows only these two columns can narrow anybody down to fewer rows.
# That does not yet say that nothing is learned: the rows of a class could all have the same topic.

# %%
after.k, before.l_distinct, after.l_distinct

# %% [markdown]
# The distinct l counts the topics in the poorest class. One means that the topic is read without picking out a row.
#
# **Exercise.** Every class of a table has k = 20 rows or more, and all rows of one class have the same topic. What protects
# the topic of the people in it?
#
# - `"a"` k does
# - `"b"` nothing does
# - `"c"` the hash of their address does

# %% tags=["exercise"]
protects = ...

# %% tags=["solution"]
protects = "b"

# %% tags=["check"]
lessons.check("13/protects", protects)

# %% [markdown]
# ## A file of your own
#
# The same works on a file: CSV, Parquet, a folder of them, or a database. Nothing is sent anywhere, and no value of a cell is shown. Put the
# path of your file in place of this one, which we write first.

# %%
path = Path(mkdtemp()) / "export.csv"
csv.write_csv(table.append_column("email", pa.array([f"p{i}@mail.example" for i in range(500)])), path)
proposed = assess(path)
{name: column["role"] for name, column in proposed.columns.items()}

# %% [markdown]
# Without a schema the roles are *proposed*, from names and shapes of the columns. The e-mail address was recognised; that the topic is
# sensitive was not. A proposal is where you start: you know what others may know, and the software does not.
#
# **Exercise.** What happens to the topic when you leave it so?
#
# - `"a"` its values are shown in the report
# - `"b"` its diversity within the classes is not measured
# - `"c"` it is deleted

# %% tags=["exercise"]
consequence = ...

# %% tags=["solution"]
consequence = "b"

# %% tags=["check"]
lessons.check("13/consequence", consequence)

# %% [markdown]
# ## Re-attack
#
# The attack of the first part, against the coarser table:

# %%
assert after.uniques < before.uniques
assert after.k > before.k

# %% [markdown]
# ## Summary
#
# - A table without names can still single people out; the count says how many.
# - Coarser columns make classes larger. That answers singling out, not what a whole class has in common.
# - The figures hold for the columns that you declared: a column you forgot is not measured.
#
# ## Further reading
#
# - L. Sweeney (2002), k-anonymity: a model for protecting privacy, <https://doi.org/10.1142/S0218488502001648>.
# - A. Machanavajjhala and others (2007), l-diversity: privacy beyond k-anonymity, <https://doi.org/10.1145/1217299.1217302>.
