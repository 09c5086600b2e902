/// Whether what an earlier connection left under the temporary file name may be gone on with: it must be long
/// enough, and its last bytes must be those of the source.
struct UploadCheck {
    private let job: UploadJob
    private let offset: Int64
    private let length: Int

    init(_ job: UploadJob, at offset: Int64) {
        self.job = job
        self.offset = offset
        length = Int(min(offset, 32_768))
    }

    func start(on session: Session) {
        session.send(.linkStatus(job.upload.aside)) { reply in
            guard case .attributes(let found) = reply, let size = found.size, size >= offset,
                found.kind == .file || found.kind == nil
            else { return job.open(on: session, at: 0) }
            compare(on: session)
        }
    }

    private func compare(on session: Session) {
        session.send(.open(job.upload.aside, .read, FileAttributes())) { reply in
            // A folder to which one may only write: then its acknowledgements must do.
            guard case .handle(let handle) = reply else {
                return job.open(on: session, at: offset)
            }
            let start = UInt64(offset - Int64(length))
            session.send(.read(handle, offset: start, length: UInt32(length)), bytes: length) {
                reply in
                session.send(.close(handle)) { _ in }
                let local = job.tail(of: length, before: offset)
                guard case .data(let bytes) = reply, bytes.elementsEqual(local) else {
                    return job.open(on: session, at: 0)
                }
                job.open(on: session, at: offset)
            }
        }
    }
}
