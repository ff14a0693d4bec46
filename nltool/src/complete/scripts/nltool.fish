# Completions of nltool for fish. nltool itself knows the words.
complete --command nltool --no-files --keep-order --arguments "(nltool complete fish -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor))"
