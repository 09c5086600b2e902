import DeployTargets
import Digests
import PipelineLedger

/// What an export has to read and to run.
struct ExportTexts {
    let project: String
    let release: ReleaseRecord
    /// How many files its data has.
    let files: Int
    let hasImage: Bool

    /// The folder that all of it stands in.
    var folder: String { "\(project)-\(release.environment)-\(release.number)" }

    var readme: String {
        var lines = [
            "# \(project), release \(release.number) of \(release.environment)", "",
            "A release as it was deployed, exported by `pipeline export`.", "",
        ]
        if hasImage {
            lines += [
                "`sh run.sh` runs it with Docker alone, at http://127.0.0.1:8000/; `sh run.sh 9000` at another port.",
                "",
            ]
        } else if let image = release.image {
            lines += ["It runs the image `\(image)`, which is not part of this file.", ""]
        }
        lines += [
            "| path | what |", "|---|---|",
            "| `files/` | its data (\(files) files), at the paths that they have in the project |",
        ]
        if hasImage { lines.append("| `image.tar` | its image, for `docker load` |") }
        if release.image == nil, release.code != nil {
            lines.append("| `code/` | the code that it runs |")
        }
        lines += [
            "| `provenance/release.json` | who made it, when and why, as `pipeline why --release \(release.number) --json` prints it |",
            "| `provenance/manifest.jsonl` | each file of the data with its bytes and SHA-256 |",
            "",
        ]
        if let commit = release.commit { lines += ["Commit of the project: `\(commit)`", ""] }
        return lines.joined(separator: "\n")
    }

    /// The container as an environment on the operator's machine starts it.
    var script: String {
        get throws {
            let settings = try RunSettings(parsing: release.settings)
            var variables = settings.environment
            variables["PIPELINE_RELEASE"] = String(release.number)
            variables["PIPELINE_MANIFEST"] = release.manifest.hex
            variables["PIPELINE_IMAGE"] = release.image ?? ""  // none: no script
            variables["SITE_DATA"] = settings.mountTo
            variables["PORT"] = String(settings.containerPort)
            var lines = [
                "exec docker run --rm --init --publish \"127.0.0.1:$port:\(settings.containerPort)\""
            ]
            lines += settings.mounts.map { mount in
                "--mount type=bind,source=\"$PWD\"/\(Self.quoted("files/\(mount.from)")),"
                    + "target=\(Self.quoted(mount.to)),readonly"
            }
            lines += variables.sorted { $0.key < $1.key }.map {
                "--env \(Self.quoted("\($0.key)=\($0.value)"))"
            }
            let words = settings.words(port: settings.containerPort, root: "/")
            lines.append((["\"$image\""] + words.map(Self.quoted)).joined(separator: " "))
            return """
                #!/bin/sh
                # Runs the release with Docker alone: sh run.sh [PORT]
                set -eu
                cd -- "$(dirname -- "$0")"
                port=${1:-8000}
                image=$(docker load --quiet --input image.tar | sed -n 's/^Loaded image[^:]*: //p' | tail -n 1)
                echo "http://127.0.0.1:$port/ (Ctrl-C ends it)"
                \(lines.joined(separator: " \\\n  "))

                """
        }
    }

    /// A word for a shell.
    private static func quoted(_ word: String) -> String {
        let parts = word.split(separator: "'", omittingEmptySubsequences: false)
        return "'\(parts.joined(separator: #"'\''"#))'"
    }
}
