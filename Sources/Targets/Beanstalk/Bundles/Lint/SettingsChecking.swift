extension BundleSettings {
    /// Refuses what would become something else on its way through JSON, YAML, a shell and `docker run`.
    func check() throws(BundleError) {
        try check(imageReference: image, "image")
        for image in retainedImages { try check(imageReference: image, "retained image") }
        try check(containerPort, in: 1...65_535, "container port")
        if let hostPort { try check(hostPort, in: 1...65_535, "host port") }
        try check(folder: hostFolder, "folder of the slot")
        try check(folder: mountedFolder, "folder of the data")
        try check(folder: containerFolder, "folder in the container")
        // The bounds of the option (docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html).
        if let commandTimeout { try check(commandTimeout, in: 1...3600, "command timeout") }
        try check(mountPatience, in: 0...3600, "patience with the mount")
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            try check(variable: name, value)
        }
    }

    private func check(
        _ value: Int, in range: ClosedRange<Int>, _ name: String
    ) throws(BundleError) {
        guard range.contains(value) else {
            throw .badSetting(
                name: name, value: "\(value)",
                reason: "it must be from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private func check(imageReference image: String, _ name: String) throws(BundleError) {
        let parts = image.split(separator: "@", omittingEmptySubsequences: false)
        let prefix = "sha256:"
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(Self.isPlain),
            parts[1].hasPrefix(prefix), parts[1].utf8.count == prefix.utf8.count + 64,
            parts[1].dropFirst(prefix.count).utf8.allSatisfy(Self.isHexadecimal)
        else {
            throw .badSetting(
                name: name, value: image,
                reason: "name it by its digest, as in host/name@sha256:…: a tag can move")
        }
    }

    /// Beanstalk makes `docker run --volume HOST:CONTAINER` of the two folders, so a colon or a blank would
    /// make other folders of them.
    private func check(folder: String, _ name: String) throws(BundleError) {
        let components = folder.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard folder.utf8.first == UInt8(ascii: "/"), !components.isEmpty,
            components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            folder.utf8.allSatisfy({ Self.isPlain($0) && $0 != UInt8(ascii: ":") })
        else {
            throw .badSetting(
                name: name, value: folder,
                reason: "give an absolute path of letters, digits and any of . _ - + = @ /")
        }
    }

    private func check(variable name: String, _ value: String) throws(BundleError) {
        let isWord = { (byte: UInt8) in Self.isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
        guard let first = name.utf8.first, name.utf8.allSatisfy(isWord),
            !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else {
            throw .badSetting(
                name: "variable", value: name,
                reason: "its name may hold letters, digits and _, and begins with no digit")
        }
        guard !PipelineConfig.ownVariables.contains(name) else {
            throw .badSetting(
                name: "variable", value: name,
                reason: "this name is kept for this tool: choose another")
        }
        // Docker takes variables line by line.
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .badSetting(
                name: "variable", value: name, reason: "its value may hold no control characters")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "._-+=@/:".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
