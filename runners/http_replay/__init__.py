"""Two HTTP servers, the same requests, and whether they answer the same.

Here lie exchanges, the client, servers on loopback, replay and comparison: blocking code for a
worker process, which knows neither Flask nor how requests are found. Verdicts are no business of
this package.
"""
