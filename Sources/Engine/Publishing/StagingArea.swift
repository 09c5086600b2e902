import Paths
package import PipelineStore
package import Posix

/// Where units write before their outputs count: one folder for each attempt, one folder in it for
/// each output, on the file system of the output, so that publishing is one rename.
package struct StagingArea {
    /// Who writes there: what this machine runs ends with the run, what a cluster runs may outlive it.
    package enum Writers: String {
        case local = "aside"
        case cluster = "aside-cluster"
    }

    private let writers: Writers
    private let disk: any Disk
    private var stateDevice: UInt64?
    private var roots: [String: String] = [:]

    package init(_ writers: Writers, disk: any Disk = SystemDisk()) {
        self.writers = writers
        self.disk = disk
    }

    /// The paths that the unit writes instead of its outputs, in folders that are there.
    package mutating func prepare(folder: String, outputs: [String]) throws(PosixError) -> [String]
    {
        let paths = try paths(folder: folder, outputs: outputs)
        for path in paths { try disk.createDirectories(PathText.folder(path)) }
        return paths
    }

    /// The paths that the unit writes instead of its outputs; the one who runs it makes their folders.
    package mutating func paths(folder: String, outputs: [String]) throws(PosixError) -> [String] {
        var paths: [String] = []
        for (index, output) in outputs.enumerated() {
            try paths.append("\(root(for: output))/\(folder)/\(index)/\(PathText.name(output))")
        }
        return paths
    }

    /// Removes what was left in a folder.
    package mutating func clear(folder: String, outputs: some Sequence<String>) {
        var cleared: Set<String> = []
        for output in outputs {
            guard let root = try? root(for: output),  // try?: cleared before the next stage
                cleared.insert(root).inserted
            else { continue }
            try? disk.removeTree("\(root)/\(folder)")  // try?: ours: see `root(for:)`
        }
    }

    /// Removes what killed runs left, of these outputs' places.
    package mutating func clearAll(outputs: some Sequence<String>) throws(PosixError) {
        var roots = Set(self.roots.values).union([home])
        for output in outputs {
            if let root = try? root(for: output) { roots.insert(root) }  // try?: nothing is there
        }
        // Ours: see `root(for:)`; the one who calls this holds the run's lock.
        for root in roots { try disk.removeTree(root) }
    }

    private var home: String { "\(Project.statePath)/\(writers.rawValue)" }

    /// `.pipeline/aside`, or a folder of the same name at the top of the output's file system.
    private mutating func root(for output: String) throws(PosixError) -> String {
        let folder = PathText.folder(output)
        if let root = roots[folder] { return root }
        try disk.createDirectories(folder)
        let device = try disk.status(folder)?.device
        if stateDevice == nil { stateDevice = try disk.status(Project.statePath)?.device }
        var root = home
        if device != stateDevice {
            var top = folder
            while try disk.status(PathText.folder(top))?.device == device, top != "." {
                top = PathText.folder(top)
            }
            root = "\(top)/.pipeline-\(writers.rawValue)"
        }
        roots[folder] = root
        return root
    }
}
