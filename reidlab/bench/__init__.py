"""Defences against attacks: experiments, cells, the runner, the frontier and its page.

- ``cells``: One cell: a defence at one parameter against one attack or utility, at one seed.
- ``experiment``: An experiment: which defences stand against which attacks, on whose data, at which
  seeds.
- ``experiment_file``: An experiment's TOML, checked: file, key, what may stand there, and the nearest
  known name.
- ``figures``: The figures of a run, as SVG and PNG.
- ``frontier``: What each defence bought, for what, over all seeds: the frontier and the worst of all
  attacks.
- ``materials``: Whose data an experiment is about.
- ``page``: The frontier as one HTML file that needs no network.
- ``report``: One experiment from its file to tables, figures, page and summary.
- ``runner``: Run the cells of an experiment in parallel processes; resume; lose none to another's
  failure.
- ``shipped``: The experiments that come with the lab.
- ``source``: The code that a result depends on: a hash of the modules that its parts import, and of no
  others.
- ``table``: The tidy tables of a run, and the files they are written to.
- ``trial``: One cell computed: the release is made, and the attack or the utility put to it.
- ``utility``: What a release is still good for.
- ``workers``: The processes that compute cells, shared by the experiments of one run.
"""
