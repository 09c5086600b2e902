import Texts

/// Scripts that do by hand what stages do.
enum Sending {
    /// Shell scripts that build, send or deploy, with what they do: words for people.
    static func scripts(_ facts: SiteFacts) -> [(path: String, does: [String])] {
        facts.sortedTexts.compactMap { path, text in
            guard isShell(path, text), !path.contains(".platform/"),
                !path.contains(".ebextensions/")
            else { return nil }
            var found: [String] = []
            for (word, command) in commands where text.contains(command) && !found.contains(word) {
                found.append(word)
            }
            return found.isEmpty ? nil : (path, found)
        }
    }

    private static func isShell(_ path: String, _ text: String) -> Bool {
        switch FileEndings.ending(Path.name(path)) {
        case "sh", "bash": true
        case "": text.hasPrefix("#!") && text.prefix(40).contains("sh")
        default: false
        }
    }

    private static let commands = [
        ("builds the image", "docker build"), ("builds the image", "docker compose build"),
        ("pushes it", "docker push"), ("signs in to the registry", "get-login-password"),
        ("sends files", "sftp "), ("sends files", "rsync "), ("sends files", "aws s3 "),
        ("works on an instance", "aws ssm "), ("deploys", "eb deploy"), ("deploys", "cdk deploy"),
        ("deploys", "terraform apply"), ("deploys", "aws ecs update-service"),
        ("deploys", "update-environment"),
    ]
}
