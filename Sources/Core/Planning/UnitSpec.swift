package import Failures
package import PipelineModel

/// One unit of a stage, with every name filled in: what there is to decide about.
package struct UnitSpec: Sendable {
    /// `stage/rule/value/value`, unique in the project.
    package let name: String
    package let stage: String
    package let template: String
    package let kind: Kind
    package let parameters: [String: ParameterValue]
    /// Project-relative files, sorted, each once.
    package let inputs: [String]
    package let mayRead: [String]
    /// Project-relative files in the definition's order; of a unit that writes in place those that it made last.
    package let outputs: [String]
    /// What the unit writes to its place by itself; nil where it is given temporary paths.
    package let inPlace: InPlaceOutputs?
    package let recipe: ComponentSet
    /// Files that count as code before the unit is known to load any more.
    package let declaredCode: [String]
    package let limits: UnitLimits
    /// What could not be listed where its inputs are, or its stage's code: which files it reads is not known then.
    package let unreadable: [Failure]

    package init(
        name: String, stage: String, template: String, kind: Kind,
        parameters: [String: ParameterValue], inputs: [String], mayRead: [String],
        outputs: [String], recipe: ComponentSet, declaredCode: [String], limits: UnitLimits,
        unreadable: [Failure] = [], inPlace: InPlaceOutputs? = nil
    ) {
        self.name = name
        self.stage = stage
        self.template = template
        self.kind = kind
        self.parameters = parameters
        self.inputs = inputs
        self.mayRead = mayRead
        self.outputs = outputs
        self.recipe = recipe
        self.declaredCode = declaredCode
        self.limits = limits
        self.unreadable = unreadable
        self.inPlace = inPlace
    }

    /// The outputs that the unit writes to temporary paths.
    package var stagedOutputs: [String] { inPlace == nil ? outputs : [] }

    package enum Kind: Sendable, Hashable {
        /// The stage's worker runs the function of this name.
        case worker(function: String)
        /// The worker is asked for the values of an axis.
        case axis(function: String)
        /// A process of its own; `{output}` and `{outputs}` are still to be filled.
        case command([Template])
    }
}
