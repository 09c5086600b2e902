import Arguments
import Testing

@Suite struct HelpTests {
    @Test func theRootListsItsCommands() throws {
        let help = try #require(example.chain([])).help(width: 60)
        #expect(
            help == """
                Takes results to a running site

                Usage: pipeline [OPTIONS] COMMAND

                Commands:
                  run     Run stages and what they need
                  config  Configuration of environments
                  seek    Look for files

                Options:
                  -C, --project FOLDER  work in this folder

                Help:
                  -h, --help  show this help

                """)
    }

    @Test func aCommandListsItsOptions() throws {
        let help = try #require(example.chain(["run"])).help(width: 50)
        #expect(
            help == """
                Run stages and what they need

                Usage: pipeline run [OPTIONS] [STAGE…]

                Does only what changed.

                  pipeline run deploy

                Arguments:
                  [STAGE…]  a stage to run

                Options:
                  -j, --jobs N      units at a time (default: 2)
                      --only GLOB   only these units (may be
                                    repeated)
                      --color WHEN  use colours (one of always,
                                    never)
                      --json        print events as JSON
                  -y, --yes         do not ask
                  -v, --verbose     say more

                Common options:
                  -C, --project FOLDER
                                    work in this folder
                  -h, --help        show this help

                """)
    }

    @Test(arguments: [30, 40, 60, 80, 200], [[], ["run"], ["config"], ["config", "pull"]])
    func noLineIsTooLong(width: Int, path: [String]) throws {
        let help = try #require(example.chain(path)).help(width: width)
        let longest = help.split(separator: "\n").map(\.count).max() ?? 0
        // Columns are never squeezed below 20 characters.
        #expect(longest <= max(width, 36))
    }

    @Test func unknownCommandsHaveNoChain() {
        #expect(example.chain(["config", "push"]) == nil)
    }

    @Test(arguments: [
        ("one two three", 7, 0, "one two\nthree"),
        ("one two three", 9, 2, "one two\n  three"),
        ("a\nb", 80, 0, "a b"),
        ("a\n\nb", 80, 0, "a\n\nb"),
        ("text\n  as it   is\nmore", 80, 0, "text\n  as it   is\nmore"),
        ("unbreakable word", 4, 0, "unbreakable\nword"),
        ("", 10, 0, ""),
    ])
    func wrapping(text: String, width: Int, indent: Int, expected: String) {
        #expect(TextWrapping.wrap(text, width: width, indent: indent) == expected)
    }
}
