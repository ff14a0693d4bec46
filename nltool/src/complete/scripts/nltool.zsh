#compdef nltool
# Completions of nltool for zsh. nltool itself knows the words.
_nltool() {
    local -a open closed
    local line word
    for line in ${(f)"$(nltool complete zsh -- "${(@)words[1,CURRENT-1]}" "$PREFIX" 2>/dev/null)"}; do
        word=${line%%$'\t'*}
        line=${word//:/\\:}:${line#*$'\t'}
        # Behind these, the word goes on.
        if [[ $word == *[=./] ]]; then open+=("$line"); else closed+=("$line"); fi
    done
    (( $#open )) && _describe -V 'names' open -S ''
    (( $#closed )) && _describe -V 'words' closed
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _nltool "$@"; else compdef _nltool nltool; fi
