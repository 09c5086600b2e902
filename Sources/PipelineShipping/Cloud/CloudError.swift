import PipelineEngine

/// Why an environment at AWS cannot be worked with, and what to do.
package enum CloudError: Error, CustomStringConvertible {
    case unsafeEndpoint(String)
    case wrongAccount(wanted: String, found: String, String)
    case credentialsShort(minutes: Int, needed: Int)
    case notReleased(label: String?, environment: String)
    case noAddress(environment: String)
    case noShell(environment: String)
    case noTask(service: String, known: [String])
    case noPlugin
    case backupFailed(state: String, message: String)
    case backupGoesOn(id: String, seconds: Int)
    case noLease
    case notBeanstalk(environment: String)
    case notCloud(environment: String)
    case noLogs(environment: String)
    case logNotFetched(instance: String)
    case notAmazon(repository: String)
    case notOpened(environment: String)

    package var description: String {
        switch self {
        case .unsafeEndpoint(let url):
            "the endpoint \"\(url)\" is neither https nor on this machine: what is signed and sent would be open "
                + "to all on the way. Write an https address"
        case .wrongAccount(let wanted, let found, let arn):
            "the credentials belong to account \(found) (\(arn)), and the environment to account \(wanted); "
                + "nothing was asked or changed. Set \"profile\", AWS_PROFILE, or sign in to the other account"
        case .credentialsShort(let minutes, let needed):
            "the credentials end in \(minutes) min, and this step may need \(needed): sign in again (aws sso "
                + "login), then give the same command; it goes on from here"
        case .notReleased(let label, let environment):
            "environment \"\(environment)\" runs version \(label.map { "\"\($0)\"" } ?? "nothing"), which "
                + "this tool has not made; `pipeline run deploy` makes a release of what is here"
        case .notBeanstalk(let environment):
            "environment \"\(environment)\" is not one of Elastic Beanstalk, and has no such thing"
        case .notCloud(let environment):
            "environment \"\(environment)\" is not at AWS: `pipeline run deploy --force` starts its site anew"
        case .noLogs(let environment):
            "no instance of \(environment) has sent its log in two minutes; see `pipeline logs --events`"
        case .logNotFetched(let instance):
            "the log of instance \(instance) could not be fetched; give the same command again"
        case .notAmazon(let repository):
            "\(repository) is not a repository of Amazon's, and is pruned by its own means"
        case .notOpened(let environment):
            "the data of \"\(environment)\" was to be looked at before there was a way to it: this is a fault "
                + "of the program"
        case .noShell(let environment):
            "environment \"\(environment)\" has no machine to open a shell on: that is for route bucket, and for "
                + "environments of kind ecs"
        case .noTask(let service, let known):
            "no task runs of service \"\(service)\"; the services are \(known.joined(separator: ", "))"
        case .backupFailed(let state, let message):
            "the backup that was to be made first ended as \(state): \(message). No slot was touched"
        case .backupGoesOn(let id, let seconds):
            "the backup that is to be made first (job \(id)) still goes on after \(seconds) s. No slot was touched; "
                + "the same command goes on waiting for it"
        case .noPlugin:
            "sessions need \"session-manager-plugin\", which was not found: install it "
                + "(https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html)"
        case .noLease:
            "the environment is changed without the operators' lease: this is a fault of the program"
        case .noAddress(let environment):
            "nobody knows an address of environment \"\(environment)\": set \"url\""
        }
    }
}
