# Completions of nltool for bash. nltool itself knows the words.
_nltool() {
    local candidate
    COMPREPLY=()
    # $2 is the word up to the cursor; of a word that bash has split it is what follows the `=` or `:`.
    local last=$2
    [[ ${COMP_WORDS[COMP_CWORD]} == [=:]* ]] && last=${COMP_WORDS[COMP_CWORD]}
    while IFS= read -r candidate; do
        COMPREPLY+=("${candidate%%$'\t'*}")
    done < <(nltool complete bash -- "${COMP_WORDS[@]:0:COMP_CWORD}" "$last" 2>/dev/null)
    # Behind these, the word goes on.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=./] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _nltool nltool
