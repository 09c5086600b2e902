package import AWS

extension BeanstalkSite {
    /// Makes the environment run a version that the application has, and returns when all of its instances
    /// do. What is done already is only looked at, and an update to it that goes on is resumed.
    ///
    /// Judged by what the environment and its instances say that they run; texts of events are shown and
    /// never read (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.deploy-existing-version.html).
    package func update(to label: String) throws -> BeanstalkEnvironment {
        var watch = Watch(site: self, limit: timeout)
        try watch.skipOldEvents()
        var isAgain = false
        while true {
            let now = try looking(label) {
                try isAgain ? awaitReady() : resumeSubmissions(label, &watch)
            }
            if now.versionLabel == label, try strays(from: label).isEmpty { return now }
            if isAgain { break }
            try start(label)
            let ended = try follow(label, &watch)
            guard ended.versionLabel == label else {
                throw BeanstalkError.wentBack(
                    label: label, runs: ended.versionLabel, events: watch.complaints)
            }
            if try settled(label, &watch) { return ended }
            // Half of a fleet has it: the same version again reaches the others.
            onNote("not all instances run version \(label); deploying it again")
            try start(label)
            let again = try follow(label, &watch)
            guard again.versionLabel == label else {
                throw BeanstalkError.wentBack(
                    label: label, runs: again.versionLabel, events: watch.complaints)
            }
            _ = try settled(label, &watch)
            isAgain = true
        }
        throw BeanstalkError.instancesDiffer(
            label: label, try strays(from: label).map(\.description))
    }

    /// The environment when it is ready. An update that a run before this one has started is followed
    /// as if it were this one's.
    private func resumeSubmissions(_ label: String, _ watch: inout Watch) throws
        -> BeanstalkEnvironment
    {
        let now = try look()
        if now.status == .ready { return now }
        // The label is that of the new version as soon as the update has begun, or only once it has ended.
        if now.versionLabel == label {
            onNote("the update to version \(label) goes on; taking it up")
            return try follow(label, &watch)
        }
        return try awaitReady()
    }

    private func start(_ label: String) throws {
        try journal.record("update-environment", label) {
            do throws(AWSError) {
                _ = try client.run(
                    .update(environment: environment, version: label), cancel: cancel)
            } catch {
                switch error {
                case .answerLost:
                    let now = try look()
                    if now.status != .ready || now.versionLabel == label { return }
                    // It was never heard there.
                    try retry(label)
                case .refused(_, "InvalidParameterValue", _):
                    // Somebody was faster: theirs ends first.
                    _ = try awaitReady()
                    try retry(label)
                default: throw BeanstalkError.aws(error)
                }
            }
        }
    }

    private func retry(_ label: String) throws {
        // Time has passed since it was confirmed.
        try journal.confirm()
        _ = try aws { () throws(AWSError) in
            try client.run(.update(environment: environment, version: label), cancel: cancel)
        }
    }

    /// Watches until no operation goes on.
    private func follow(_ label: String, _ watch: inout Watch) throws -> BeanstalkEnvironment {
        while true {
            try looking(label) { try watch.pause() }
            try looking(label) { try watch.showEvents() }
            let now = try looking(label) { try look() }
            if now.status == .ready {
                try watch.showEvents()
                return now
            }
            if watch.isOver {
                throw BeanstalkError.inProgress(label: label, seconds: Int(watch.seconds))
            }
        }
    }

    /// Instances report some time after the environment does.
    private func settled(_ label: String, _ watch: inout Watch) throws -> Bool {
        let deadline = watch.seconds + settling
        while true {
            if try strays(from: label).isEmpty { return true }
            if watch.seconds > deadline { return false }
            try looking(label) { try watch.pause() }
        }
    }

    /// Instances that do not run a version; none where the environment's health reporting cannot tell.
    package func strays(from label: String) throws -> [StrayInstance] {
        (try instances() ?? []).compactMap { instance in
            guard let deployment = instance.deployment else { return nil }
            let isThere = deployment.versionLabel == label
            if isThere, !["Failed", "In Progress"].contains(deployment.status) { return nil }
            return StrayInstance(
                id: instance.instanceId, label: deployment.versionLabel,
                status: isThere && deployment.status == "In Progress"
                    ? nil : deployment.status ?? "unknown")
        }
    }

    /// An interruption while an update goes on breaks nothing off, and reports it.
    private func looking<Result>(_ label: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch BeanstalkError.aws(.interrupted) {
            throw BeanstalkError.interrupted(label: label)
        }
    }
}

/// An instance that does not run the version which it is to run, and what its last deployment was.
package struct StrayInstance: Hashable, Sendable, CustomStringConvertible {
    package let id: String
    package let label: String?
    /// nil while the right version is being deployed to it.
    let status: String?

    package var description: String {
        guard let status else { return "\(id): not yet done" }
        return "\(id): \(label ?? "nothing") (\(status))"
    }
}
