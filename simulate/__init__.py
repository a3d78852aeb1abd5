"""The people, what they answered at intake, the platforms, the upload and its match."""
