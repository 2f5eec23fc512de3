"""A language model behind an endpoint that speaks OpenAI's chat completions, over httpx.

From the socket upwards: `wire` sends one request and reads one answer, `sse` and `chunks` make
typed pieces of it, `deltas` puts the pieces together, `answer` makes a turn of the whole, and
`adapter` asks again where that can help. It is imported where a language model is wanted and not
before, since it loads httpx. Nothing here knows how events become messages, runs a tool, or lets
the key out.
"""
