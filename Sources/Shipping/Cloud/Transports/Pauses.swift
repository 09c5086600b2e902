package import AWS
package import Beanstalk
package import DeployLocking
package import ECSTasks
package import PipelineEngine
package import S3Relay

// What of the errors of AWS is a pause: for the exit code alone. Each says itself what to do.

extension AWSError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .credentials: .needsSignIn
        case .answerLost, .unavailable: .goesOn
        default: nil
        }
    }
}

extension BeanstalkError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .aws(let error): error.pause
        case .busy: .goesOn
        default: goesOn ? .goesOn : nil
        }
    }
}

extension ServiceError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .aws(let error): error.pause
        case .busy: .goesOn
        default: goesOn ? .goesOn : nil
        }
    }
}

extension JobError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .aws(let error): error.pause
        case .lost: .goesOn
        default: nil
        }
    }
}

extension LeaseError: PausingError {
    package var pause: StepPause? {
        if case .held = self { return .isHeld }
        return nil
    }
}

extension CloudError: PausingError {
    package var pause: StepPause? {
        switch self {
        case .credentialsShort: .needsSignIn
        case .backupGoesOn: .goesOn
        default: nil
        }
    }
}
