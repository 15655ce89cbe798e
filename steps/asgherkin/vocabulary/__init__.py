"""The sentences, a module a subject. They say what to do; how it is done stands in `session` and below."""
