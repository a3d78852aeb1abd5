"""The bench: replay a case, assess an export, run defences against attacks, report.

- ``assessment``: What an export gives away, measured in one pass or in full, and the report on it.
- ``audits``: What a differentially private mechanism leaks at least, found from its outputs.
- ``bench``: Defences against attacks: experiments, cells, the runner, the frontier and its page.
- ``case``: A case replayed, its people simulated, and one of them followed.
- ``cli``: The command line: results on stdout, progress and messages on stderr, exit codes 0, 1 and 2.
- ``commands``: The commands of ``reidlab``, one module each; what is heavy is imported only when one
  runs.
- ``gate``: Whether an export may leave.
- ``installation``: Where the five packages, the optional extras and the memory of this machine come
  from.
- ``lessons``: What a lesson uses: checks of a student's answers, its data, and the rubric of the last
  exercise.
- ``output``: The one envelope in which every command prints its JSON.
- ``plots``: The house figures: one palette that colour-blind readers can tell apart, alt text for each.
- ``progress``: Progress bars on stderr.
- ``pytest_plugin``: A pytest fixture that lets a pipeline's own tests hold an export against a policy.
- ``releases``: Attacks and defences on files.
- ``reproductions``: Published results beside ours: the paper's figure, our figure with its interval, a
  verdict.
"""
