import YAML

/// Files that say how a site is made, and that are no YAML: what they say is not proposed, which is reported.
enum Unreadable {
    private static let names: Set = [
        "dvc.yaml", "params.yaml", "_quarto.yml", "docker-compose.yml", "docker-compose.yaml",
        "compose.yml", "compose.yaml",
    ]

    static func notes(_ facts: SiteFacts) -> [String] {
        facts.sortedTexts.compactMap { path, text in
            guard names.contains(Path.name(path)) else { return nil }
            do {
                _ = try YAML.parse(text)
                return nil
            } catch {
                return
                    "\(YAMLText.name(path)) could not be read (\(error)), so nothing is proposed from it: correct it, then "
                    + "this again with --force"
            }
        }
    }
}
