import Arguments
import PipelineShipping

extension Invocation {
    /// What the command line says about other operators.
    var leaseOptions: LeaseOptions {
        LeaseOptions(
            waits: !arguments.flag("no-wait"), takes: arguments.flag("take-lease"),
            adopts: arguments.flag("adopt"), replaces: arguments.flag("yes"))
    }
}
