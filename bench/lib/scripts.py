"""Before CGI scripts are measured: does the contender run them, each for each request, and log it?"""

import http.client

import applications

ANSWER = b"Hello, world!\n"


def wrong(server, ground):
    """What is wrong with the contender's answers, or None."""
    try:
        for path in ("/hello", "/shell", "/perl"):
            if applications.answer(server, "GET", path) != ANSWER:
                return f"{path} is answered wrongly"
        return applications.wrong_log(server, ground)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
