"""The sentences, a module for each subject. `session` and the rooms below it do the work."""
