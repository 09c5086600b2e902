/// Several sites in one folder, each with an image and code of its own.
package enum SiteFolders {
    /// Paths of their folders, sorted; empty where the folder is one site.
    package static func of(_ facts: SiteFacts) -> [String] {
        let compose = facts.texts.keys.contains {
            ComposeFacts.isCompose($0) && Path.depth($0) == 0
        }
        if compose || facts.files.contains("Dockerfile") { return [] }
        let found = facts.sortedTexts.filter { path, text in
            guard Path.name(path) == "Dockerfile", !SiteReads.isTest(path) else { return false }
            let folder = Path.parent(path)
            let file = DockerfileFacts(path: path, text: text)
            guard !folder.isEmpty, !file.isService() else { return false }
            let sources = file.stages.flatMap { $0.copies.flatMap(\.sources) }
            // What it copies lies beside it, and not at the top.
            let isOwn = sources.filter { !$0.isEmpty && !$0.contains("*") }.allSatisfy { source in
                let path = Path.join(folder, source)
                return facts.files.contains(path) || facts.folders[path] != nil
            }
            let image = file.image()
            let serves =
                Serving.isServer((image?.entrypoint ?? []) + (image?.command ?? []))
                || facts.programs.contains {
                    $0.framework != nil && Path.isWithin($0.path, folder)
                }
            return isOwn && serves
        }.map { Path.parent($0.path) }
        let outer = found.filter { folder in
            !found.contains { $0 != folder && Path.isWithin(folder, $0) }
        }
        return outer.count > 1 ? outer : []
    }
}
