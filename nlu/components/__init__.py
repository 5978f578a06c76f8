"""Our own parts of Rasa's pipeline, one class a file. Of `bot` they import `bot.reading` alone."""
