import AWS
import DeployTargets
import JSON
import PipelineModel
import TransportProviders

/// What a service's task definition says of how its container sees the data. Pure.
struct ServiceFacts {
    let wanted: ECSConfig.Service
    let state: ServiceState
    /// The name of the volume that is the file system.
    let volume: String
    let data: DataConfig
    /// Those of the data's file system.
    let points: [EFSAccessPoint]

    func diagnoses(_ area: String) -> [Diagnosis] {
        let service = state.service
        let counts = "\(service.runningCount ?? 0) of \(service.desiredCount ?? 0) tasks"
        let runs = "runs \(state.version ?? "no version of this tool's")"
        var found = [
            Diagnosis(
                area, "service \(wanted.name)", state.isSteady ? .good : .warning,
                "\(counts), \(runs), data \(wanted.access.rawValue)",
                advice: state.isSteady ? "" : "aws ecs describe-services tells its events")
        ]
        found += complaints.map {
            Diagnosis(area, "service \(wanted.name)", $0.severity, $0.text, advice: $0.advice)
        }
        return found
    }

    private typealias Complaint = (severity: Diagnosis.State, text: String, advice: String)

    private var container: JSONValue? {
        state.definition["containerDefinitions"]?.elements
            .first { $0["name"]?.string == wanted.container }
    }

    private var complaints: [Complaint] {
        guard let container else {
            return [(.bad, "it has no container \(wanted.container)", "correct \"container\"")]
        }
        let mount = container["mountPoints"]?.elements.first {
            $0["sourceVolume"]?.string == volume
        }
        guard wanted.access != .none else {
            return mount == nil
                ? []
                : [(.warning, "it mounts the data, and is to have no access", "remove the mount")]
        }
        guard mount != nil else {
            return [(.bad, "it does not mount volume \(volume)", "add a mount point")]
        }
        let named = state.definition["volumes"]?.elements.first { $0["name"]?.string == volume }
        guard let efs = named?["efsVolumeConfiguration"] else {
            return [(.bad, "volume \(volume) is no EFS volume", "make it one")]
        }
        return fileSystem(efs) + transit(efs) + accessPoint(efs)
    }

    private func fileSystem(_ efs: JSONValue) -> [Complaint] {
        guard let id = efs["fileSystemId"]?.string, let wanted = data.fileSystem, id != wanted
        else {
            return []
        }
        return [(.bad, "it mounts \(id), and the data is in \(wanted)", "correct one of the two")]
    }

    private func transit(_ efs: JSONValue) -> [Complaint] {
        var found: [Complaint] = []
        if efs["transitEncryption"]?.string != "ENABLED" {
            found.append(
                (.warning, "its mount is not encrypted on the way", "set transitEncryption"))
        }
        if efs["authorizationConfig"]?["iam"]?.string != "ENABLED" {
            found.append(
                (
                    .warning, "its mount asks for no IAM authorization",
                    "set authorizationConfig: iam"
                ))
        }
        return found
    }

    private func accessPoint(_ efs: JSONValue) -> [Complaint] {
        guard let id = efs["authorizationConfig"]?["accessPointId"]?.string, !id.isEmpty else {
            return []
        }
        guard let point = points.first(where: { $0.accessPointId == id }) else {
            return [(.bad, "access point \(id) is not one of the file system", "correct it")]
        }
        let root = "/" + data.route.root.split(separator: "/").joined(separator: "/")
        var found: [Complaint] = []
        if point.rootDirectory?.path != root {
            found.append(
                (
                    .bad,
                    "access point \(id) begins at \(point.rootDirectory?.path ?? "/"), and the slots are in "
                        + root, "let both be the same"
                ))
        }
        if let user = point.posixUser, let owner = data.route.owner,
            user.uid != owner.uid || user.gid != owner.gid
        {
            found.append(
                (
                    .warning,
                    "access point \(id) acts as \(user.uid):\(user.gid), and files are written as "
                        + "\(owner.uid):\(owner.gid)", "set \"owner\" to the same"
                ))
        }
        return found
    }
}
