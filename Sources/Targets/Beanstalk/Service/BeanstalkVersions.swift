import AWS
package import Digests
import Posix

/// A version as it is wanted: its label, and the bundle that it must be.
package struct WantedVersion: Hashable, Sendable {
    package let label: String
    package let description: String
    /// The bundle's file on this machine.
    package let file: String
    package let digest: Digest
    package let bucket: String
    /// Names what the bundle is, so that a version can be seen to be this one.
    package let key: String
    /// Where an earlier version of this program put the same bundle.
    package let firstKey: String

    /// - Parameters:
    ///   - prefix: below which the bundles lie; ends in a slash.
    ///   - firstPrefix: below which those of earlier versions of this program lie.
    package init(
        label: String, description: String, file: String, digest: Digest, content: Digest,
        bucket: String, prefix: String, firstPrefix: String
    ) {
        self.label = label
        self.description = description
        self.file = file
        self.digest = digest
        self.bucket = bucket
        let name = "\(label)-\(content.hex.prefix(32)).zip"
        key = prefix + name
        firstKey = firstPrefix + name
    }
}

extension BeanstalkSite {
    /// Has the application hold a version, processed: uploads its bundle and makes it, each only if it is
    /// not there.
    package func provide(_ version: WantedVersion) throws {
        if let found = try find(version.label) {
            try confirm(found, is: version)
        } else {
            try upload(version)
            try journal.record("create-version", version.label) { try create(version) }
        }
        try awaitProcessed(version)
    }

    /// Whether the application has a version that can be deployed as it is.
    package func holds(_ label: String) throws -> Bool {
        guard let found = try find(label) else { return false }
        return ["PROCESSED", "UNPROCESSED"].contains(found.status?.uppercased() ?? "PROCESSED")
    }

    private func find(_ label: String) throws -> BeanstalkVersion? {
        try aws { () throws(AWSError) in
            try client.versions(application: application, labels: [label], cancel: cancel)
        }.first { $0.versionLabel == label }
    }

    private func confirm(_ found: BeanstalkVersion, is wanted: WantedVersion) throws {
        let bundle = found.sourceBundle
        guard let bundle, bundle.s3Bucket == wanted.bucket,
            bundle.s3Key == wanted.key || bundle.s3Key == wanted.firstKey
        else {
            throw BeanstalkError.versionConflict(
                label: wanted.label,
                found: "\(found.sourceBundle?.s3Bucket ?? "?")/\(found.sourceBundle?.s3Key ?? "?")")
        }
    }

    private func upload(_ version: WantedVersion) throws {
        let size = try FileSystem.status(version.file)?.size
        let there = try aws { () throws(AWSError) in
            try client.headObject(bucket: version.bucket, key: version.key, cancel: cancel)
        }
        if let there, there.contentLength == size, there.checksumSHA256 == checksum(version) {
            return
        }
        try journal.record("upload-bundle", "\(version.bucket)/\(version.key)") {
            _ = try aws { () throws(AWSError) in
                try client.putObject(
                    bucket: version.bucket, key: version.key, file: version.file, cancel: cancel)
            }
        }
    }

    private func checksum(_ version: WantedVersion) -> String {
        Base64.encode(version.digest.bytes)
    }

    private func create(_ version: WantedVersion) throws {
        do throws(AWSError) {
            _ = try client.run(
                .createVersion(
                    application: application, label: version.label,
                    description: version.description, bucket: version.bucket, key: version.key),
                cancel: cancel)
        } catch {
            switch error {
            case .refused(_, "TooManyApplicationVersionsException", _):
                throw BeanstalkError.tooManyVersions(application: application)
            case .refused, .answerLost:
                // It may have been made: by this call, or by one of which a killed run never heard.
                guard let found = try find(version.label) else {
                    if case .answerLost = error {
                        try journal.confirm()
                        return try create(version)
                    }
                    throw BeanstalkError.aws(error)
                }
                try confirm(found, is: version)
            default: throw BeanstalkError.aws(error)
            }
        }
    }

    private func awaitProcessed(_ version: WantedVersion) throws {
        var watch = Watch(site: self, limit: patience)
        while true {
            guard let now = try find(version.label) else {
                throw BeanstalkError.notProcessed(
                    label: version.label, events: ["the version is gone again"])
            }
            switch now.status?.uppercased() {
            case "PROCESSED", "UNPROCESSED", nil: return
            case "FAILED":
                try watch.showEvents()
                try withdraw(version)
                throw BeanstalkError.notProcessed(
                    label: version.label, events: watch.complaints)
            default: break
            }
            if watch.isOver {
                throw BeanstalkError.inProgress(label: version.label, seconds: Int(patience))
            }
            try watch.pause()
        }
    }

    /// A version that can never run must not stand in the way of the next that has its label.
    private func withdraw(_ version: WantedVersion) throws {
        try journal.record("delete-version", version.label) {
            _ = try aws { () throws(AWSError) in
                try client.run(
                    .deleteVersion(application: application, label: version.label), cancel: cancel)
            }
        }
    }
}
