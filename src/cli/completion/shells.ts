/** What each shell is told: to ask `desk complete` with the words typed so far, the last one being the one to complete. */
export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# desk completion bash; in ~/.bashrc:  source <(desk completion bash)
_desk() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(desk complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _desk desk
`,
  zsh: `# desk completion zsh; in ~/.zshrc, after compinit:  source <(desk completion zsh)
_desk() {
  local -a found
  found=("\${(@f)$(desk complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${#found[1]} )); then compadd -a found; else _files; fi
}
compdef _desk desk
`,
  fish: `# desk completion fish; in ~/.config/fish/config.fish:  desk completion fish | source
function __desk_complete
  set -l words (commandline -opc) (commandline -ct)
  desk complete -- $words[2..-1] 2>/dev/null
end
complete -c desk -a '(__desk_complete)'
`,
}
