import AWS
import Docker
import FoundationEssentials
import PipelineModel
import TransferLeases

/// Everything that is asked of AWS about an environment, all at once: each question costs the start of a
/// program.
struct CloudQuestions {
    struct FileSystem {
        let id: String
        let system: Asked<EFSFileSystem?>
        let targets: Asked<[EFSMountTarget]>
        let lifecycle: Asked<[EFSLifecyclePolicy]>
        let backup: Asked<String?>
        let accessPoints: Asked<[EFSAccessPoint]>
        /// nil where the account's number is not known beforehand.
        let recoveryPoints: Asked<[RecoveryPoint]>?
    }

    let credentials: Asked<Date?>
    let alarms: Asked<[CloudWatchAlarm]>
    let recommendations: Asked<String>
    let fileSystem: FileSystem?
    let leftovers: Asked<[TransferLease.Leftover]>?
    let images: Asked<[ECRImage]>?
    let options: Asked<[BeanstalkOption]>?
    let versions: Asked<[BeanstalkVersion]>?

    init(_ context: ShippingContext, _ client: AWSClient) throws {
        credentials = Asked { client.credentialsEnd() }
        alarms = Asked { try client.alarms() }
        recommendations = Asked { try client.recommendationsStatus() }
        let route = context.environment.data.route
        let place = context.environment.aws
        fileSystem = context.environment.data.fileSystem.map { id in
            FileSystem(
                id: id, system: Asked { try client.fileSystem(id) },
                targets: Asked { try client.mountTargets(id) },
                lifecycle: Asked { try client.lifecycle(id) },
                backup: Asked { try client.backupPolicy(id) },
                accessPoints: Asked { try client.accessPoints(id) },
                recoveryPoints: place?.account.map { account in
                    let resource = BackupBefore.arn(
                        id, region: client.settings.region, account: account)
                    return Asked { try client.recoveryPoints(of: resource) }
                })
        }
        if case .transfer = route {
            leftovers = Asked { try TransferLease.leftovers(client, cancel: nil) }
        } else {
            leftovers = nil
        }
        let reference = try context.environment.repository.map {
            try ImageReference($0 + ":latest")
        }
        let access = RegistryAccess(context: context)
        if let reference, let kind = access.kind(of: reference) {
            let name = access.repository(reference, kind)
            images = Asked { try client.images(kind, repository: name) }
        } else {
            images = nil
        }
        options = context.environment.beanstalk.map { place in
            Asked {
                try client.configuration(
                    environment: place.environment, application: place.application)
            }
        }
        versions = context.environment.beanstalk.map { place in
            Asked { try client.versions(application: place.application) }
        }
    }
}
