import Arguments
import PipelineEngine
import PipelineLedger
import PipelineModel
import PipelinePlanning
import Posix

/// `pipeline completion SHELL`: the script that makes a shell complete what is typed.
enum CompletionCommand {
    static let command = Command(spec, run)

    private static let spec = CommandSpec(
        "completion", summary: "print the script that completes commands in a shell",
        discussion:
            "For the present shell: source <(pipeline completion bash). For all, put the output into a file of "
            + "the shell's folder of completions; scripts/install does that.\n\nStages, units, releases and "
            + "environments are completed from the project that the shell stands in.",
        positionals: [
            PositionalSpec(
                "shell", help: "bash, zsh or fish", completion: .choices(["bash", "zsh", "fish"]))
        ])

    private static func run(_ invocation: Invocation) throws -> ExitCode {
        switch invocation.arguments.positional("shell") {
        case "bash": invocation.print(bash)
        case "zsh": invocation.print(zsh)
        default: invocation.print(fish)
        }
        return .done
    }

    // The program itself finds what fits (`pipeline complete`), so that no list is kept twice. A line is a word, a
    // tab and what it is; a first line of `:file` or `:folder` leaves it to the shell.
    private static let bash = """
        # Completion of pipeline for bash.
        _pipeline() {
          local IFS=$'\\n' line words=()
          COMPREPLY=()
          while IFS= read -r line; do
            case $line in
              :file) compopt -o default; return ;;
              :folder) compopt -o dirnames; return ;;
            esac
            words+=("${line%%$'\\t'*}")
          done < <(pipeline complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
          ((${#words[@]})) && COMPREPLY=($(printf '%q\\n' "${words[@]}"))
          # What is only begun goes on without a space.
          [[ ${#words[@]} != 1 || $words != *[/=] ]] || compopt -o nospace 2>/dev/null
          # What stands before a colon or an equals sign is a word of its own for bash.
          declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "${COMP_WORDS[COMP_CWORD]}"
        }
        complete -F _pipeline pipeline
        """

    private static let zsh = """
        #compdef pipeline
        # Completion of pipeline for zsh.
        _pipeline() {
          local line
          local -a found begun
          for line in "${(@f)$(pipeline complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
            case $line in
              :file) _files; return ;;
              :folder) _files -/; return ;;
              '') ;;
              # What is only begun goes on without a space.
              *[/=]$'\\t'*) begun+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}") ;;
              *) found+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}") ;;
            esac
          done
          _describe pipeline begun -S '' -- found
        }
        if [[ $funcstack[1] == _pipeline ]]; then _pipeline "$@"; else compdef _pipeline pipeline; fi
        """

    private static let fish = """
        # Completion of pipeline for fish.
        function __pipeline_complete
          set -l found (pipeline complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
          switch "$found[1]"
            case :file
              __fish_complete_path (commandline -ct)
            case :folder
              __fish_complete_directories (commandline -ct)
            case '*'
              printf '%s\\n' $found
          end
        end
        complete -c pipeline -f -a '(__pipeline_complete)'
        """
}
