/// A program that becomes a stage: its command, and what it reads and writes.
struct Step {
    let program: Program
    let command: [String]
    var environment: [String: String] = [:]
    /// Files that it reads and does not write itself.
    let reads: [PathTemplate]
    let writes: [PathTemplate]
    /// Of these what the stage declares: nothing else of the folder has such a name.
    var outputs: [PathTemplate] = []
    /// What it reads in folders outside of the project, as inputs name it.
    var rootInputs: [String] = []
    /// Files by which the program sees that it has nothing left to do.
    var markers: [PathTemplate] = []
    let code: [String]
    /// What its author should know: reads that could not be followed, paths outside of the project.
    var remarks: [String] = []
    var name = ""
    /// Names of steps that make what it reads.
    var needs: [String] = []
    /// Reads that another step makes.
    var made: Set<PathTemplate> = []

    var label: String { YAMLText.name(program.name) }
}

/// Something that the folder does not tell: it stays a comment in the definition, with its readings.
package struct Question: Hashable, Sendable {
    package let text: String
    /// What it may mean, each as a sentence.
    package let readings: [String]
}
