"""One file per vendor: which paths there are, and what the documentation says they answer.

``meta``, ``google_ads`` (REST) and ``google_grpc``, ``data_manager``, ``snapchat``, ``tiktok``,
``pinterest``, ``x``, ``criteo``, ``linkedin``, ``microsoft``, ``reddit``, ``uid2``.
"""
