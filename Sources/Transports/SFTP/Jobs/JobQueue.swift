/// The jobs that no session has: those that came back, then new ones. What is done may make more to do,
/// so the source is asked again after it had nothing.
struct JobQueue {
    typealias Source = () throws(SFTPError) -> (any Job)?

    private var returned: [any Job] = []

    mutating func next(_ source: Source) throws(SFTPError) -> (any Job)? {
        if let job = returned.popLast() { return job }
        return try source()
    }

    /// Whether there is nothing to do just now.
    mutating func isEmpty(_ source: Source) throws(SFTPError) -> Bool {
        if returned.isEmpty, let job = try source() { returned.append(job) }
        return returned.isEmpty
    }

    mutating func putBack(_ jobs: [any Job]) {
        returned += jobs.filter(\.state.isRunning).reversed()
    }
}
