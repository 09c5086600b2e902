import YAML

extension [BundleFinding] {
    /// By file, then by place, errors first.
    func inOrderOfFiles() -> [BundleFinding] {
        let key = { (finding: BundleFinding) in
            (finding.mark?.line ?? 0, finding.mark?.column ?? 0)
        }
        return sorted { left, right in
            if left.file != right.file {
                return left.file.utf8.lexicographicallyPrecedes(right.file.utf8)
            }
            if key(left) != key(right) { return key(left) < key(right) }
            if left.severity != right.severity { return left.severity == .error }
            return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
    }
}
