import AWS
import Docker
import PipelineModel
import Posix
import TransportProviders

/// Everything that is asked of AWS about an environment, all at once: each question costs the start of a
/// program.
struct CloudQuestions {
    struct FileSystem {
        let id: String
        let system: Prefetch<EFSFileSystem?>
        let targets: Prefetch<[EFSMountTarget]>
        let lifecycle: Prefetch<[EFSLifecyclePolicy]>
        let backup: Prefetch<String?>
        let accessPoints: Prefetch<[EFSAccessPoint]>
        /// nil where the account's number is not known in advance.
        let recoveryPoints: Prefetch<[RecoveryPoint]>?
    }

    let credentials: Prefetch<Timestamp?>
    let alarms: Prefetch<[CloudWatchAlarm]>
    let recommendations: Prefetch<String>
    let fileSystem: FileSystem?
    let leftovers: Prefetch<[TemporaryAccess.Leftover]>?
    let images: Prefetch<[ECRImage]>?

    init(_ context: ShippingContext, _ client: AWSClient) throws {
        credentials = Prefetch { client.credentialsEnd() }
        alarms = Prefetch { try client.alarms() }
        recommendations = Prefetch { try client.recommendationsStatus() }
        let place = context.environment.aws
        fileSystem = context.environment.data.fileSystem.map { id in
            FileSystem(
                id: id, system: Prefetch { try client.fileSystem(id) },
                targets: Prefetch { try client.mountTargets(id) },
                lifecycle: Prefetch { try client.lifecycle(id) },
                backup: Prefetch { try client.backupPolicy(id) },
                accessPoints: Prefetch { try client.accessPoints(id) },
                recoveryPoints: place?.account.map { account in
                    let resource = BackupBefore.arn(
                        id, region: client.settings.region, account: account)
                    return Prefetch { try client.recoveryPoints(of: resource) }
                })
        }
        leftovers = context.environment.data.provider.temporary?.leftovers.map { find in
            Prefetch { try find(client) }
        }
        let reference = try context.environment.repository.map {
            try ImageReference($0 + ":latest")
        }
        let access = RegistryAccess(context: context)
        if let reference, let kind = access.kind(of: reference) {
            let name = access.repository(reference, kind)
            images = Prefetch { try client.images(kind, repository: name) }
        } else {
            images = nil
        }
    }
}
