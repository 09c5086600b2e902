package import AWS
import JSON
import Posix
package import Processes

/// The highest fence of an environment's lock, where the agent on the instance can see it: it may read the bucket that
/// jobs are sent by, and perhaps not the record that the operators share.
package struct FenceObject {
    private let client: AWSClient
    private let bucket: String
    private let key: String
    private let folder: String
    package var cancel: Cancellation?

    /// - Parameter folder: of this machine, for the object on its way.
    package init(client: AWSClient, bucket: String, key: String, folder: String) {
        self.client = client
        self.bucket = bucket
        self.key = key
        self.folder = folder
    }

    private struct Content: Codable {
        var format = 1
        let fence: Int
    }

    /// Lets jobs of this fence be done, and none of a lower one.
    ///
    /// - Throws: `JobError.fenced` where a higher one is there.
    package func raise(to fence: Int) throws {
        try FileSystem.createDirectories(folder)
        for _ in 0..<5 {
            let found = try read()
            if let found, found.fence > fence {
                throw JobError.fenced(mine: fence, found: found.fence)
            }
            if found?.fence == fence { return }
            let file = FileSystem.temporaryPath(beside: "\(folder)/fence.json")
            defer { try? FileSystem.remove(file) }  // try?: ours by its new name; never read
            try FileSystem.writeAtomically(
                try JSONValue.encode(Content(fence: fence)).bytes, to: file)
            do throws(AWSError) {
                let condition: S3Condition = found.map { .matches($0.tag) } ?? .absent
                let written = try client.putObject(
                    bucket: bucket, key: key, file: file, condition: condition, cancel: cancel)
                if written != nil { return }
            } catch {
                // Whether it was written is seen when it is read again.
                guard case .answerLost = error else { throw error }
            }
        }
        throw JobError.unfenced("s3://\(bucket)/\(key)")
    }

    private func read() throws -> (fence: Int, tag: String)? {
        let file = FileSystem.temporaryPath(beside: "\(folder)/fence-read.json")
        defer { try? FileSystem.remove(file) }  // try?: ours by its new name; never read
        guard let tag = try client.getObject(bucket: bucket, key: key, to: file, cancel: cancel)
        else { return nil }
        let bytes = try FileSystem.read(file)
        return (try JSONValue.decode(Content.self, from: bytes).fence, tag)
    }
}
