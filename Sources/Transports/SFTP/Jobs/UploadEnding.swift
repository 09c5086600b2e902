/// The end of an upload: times, close, and the name.
extension UploadJob {
    /// Sends what follows the data. A server handles requests for one file in their order (section 6.1
    /// of the draft), so that the size it tells is that after the last WRITE.
    func sendClosing() {
        guard let first = strands.first, let handle = first.handle else { return }
        let session = first.session
        phase = .closing
        for strand in strands.dropFirst() {
            if let handle = strand.handle { strand.session.send(.close(handle)) { _ in } }
        }
        hadSeveralWriters = strands.count > 1
        strands = [first]
        let attributes = FileAttributes(
            permissions: upload.permissions, times: .init(accessed: modified, modified: modified))
        // Not all servers let times or modes be set; the content is what counts.
        ask(.setHandleStatus(handle, attributes), on: session) { _ in }
        if upload.isDurable, session.capabilities.canSynchronize {
            ask(.synchronize(handle), on: session) { [self] in note("put on disk", $0) }
        }
        ask(.handleStatus(handle), on: session) { [self] reply in
            if case .attributes(let attributes) = reply { sizeThere = attributes.size }
        }
        ask(.close(handle), on: session) { [self] in note("close", $0) }
    }

    private func ask(_ request: Request, on session: Session, _ take: @escaping (Reply) -> Void) {
        openAnswers += 1
        session.send(request) { [self] reply throws(ProtocolViolation) in
            openAnswers -= 1
            take(reply)
            settle()
        }
    }

    private func note(_ operation: String, _ reply: Reply) {
        if case .status(let code, let message) = reply, code != .ok {
            failure = failure ?? error(operation, code, message)
        }
    }

    /// Goes on once everything was answered.
    func settle() {
        guard phase == .closing, openAnswers == 0, isIdle, state.isRunning,
            let session = strands.first?.session
        else { return }
        if failure == nil, sizeThere != upload.size {
            // Go's server, for one, answers FSTAT before WRITEs that came first: now all are answered.
            guard isSizeAsked else {
                isSizeAsked = true
                return ask(.linkStatus(upload.aside), on: session) { [self] reply in
                    sizeThere = if case .attributes(let found) = reply { found.size } else { nil }
                }
            }
            failure = .sizeDiffers(
                path: "\(upload.target)", expected: upload.size, found: sizeThere)
        }
        if failure != nil { return explain(on: session) }
        events.renaming()
        rename(on: session)
    }

    private func rename(on session: Session, isSecond: Bool = false) {
        phase = .renaming
        let canReplace = session.capabilities.canReplace && !isSecond
        let request: Request =
            canReplace
            ? .replace(upload.target, by: upload.aside)
            : .rename(upload.aside, to: upload.target)
        session.send(request) { [self] reply throws(ProtocolViolation) in
            guard case .status(let code, let message) = reply else {
                throw ProtocolViolation("RENAME was answered by something else")
            }
            if code == .ok {
                end()
            } else if !isSecond, canReplace ? code == .unsupported : code != .permissionDenied {
                // Version 3's RENAME does not replace: what has the name goes first. Some servers name
                // the extension and refuse it.
                session.send(.remove(upload.target)) { [self] _ in
                    rename(on: session, isSecond: true)
                }
            } else {
                refuse("rename into place", code, message)
            }
        }
    }

    /// The connection was lost while the file got its name: either it has it, or the temporary file is there.
    func findOutAboutRename(on session: Session) {
        session.send(.linkStatus(upload.aside)) { [self] reply in
            if case .attributes = reply { return rename(on: session) }
            session.send(.linkStatus(upload.target)) { [self] reply in
                if case .attributes(let attributes) = reply, attributes.size == upload.size {
                    return end()
                }
                open(on: session, at: 0)
            }
        }
    }

    private func end() {
        state = .done
        events.ended()
    }

    /// Leaves what was sent as it is; another try resumes.
    func abandon() {
        guard let session = closeAll() else { return }
        explain(on: session)
    }

    /// Ends the part of every session; the first of them.
    private func closeAll() -> Session? {
        let session = strands.first?.session
        for strand in strands {
            if let handle = strand.handle { strand.session.send(.close(handle)) { _ in } }
        }
        strands = strands.prefix(1).map { UploadStrand($0.session) }
        phase = .closing
        return session
    }

    /// Removes what was sent: it is not what it was to be.
    func discard() {
        guard let session = closeAll() else { return }
        openAnswers += 1
        session.send(.remove(upload.aside)) { [self] _ in
            state = .failed(failure ?? .interrupted)
        }
    }

    /// FAILURE says nothing; a full disk can be asked for.
    private func explain(on session: Session) {
        guard let failure else { return }
        guard case .refused("write", _, .failure, _) = failure, session.capabilities.canTellRoom
        else {
            state = .failed(failure)
            return
        }
        session.send(.fileSystem(upload.aside)) { [self] reply in
            state = .failed(failure)
            if case .extended(let bytes) = reply, let room = FileSystemRoom(bytes),
                room.free < 1 << 20
            {
                state = .failed(.noRoom(path: "\(upload.target)"))
            }
        }
    }
}
