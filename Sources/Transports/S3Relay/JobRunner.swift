/// Brings a job and its bytes to the agent, and the answer back.
package protocol JobRunner: AnyObject {
    /// Brings bytes near, under a name that jobs use. What is left there is taken away at the end.
    func upload(_ file: String, as name: String) throws
    /// Has the agent do a job, once, and returns its answer.
    func run(_ job: [UInt8]) throws -> [UInt8]
    /// Fetches what a job has left under a name.
    func download(_ name: String, to file: String) throws
    /// Takes away what was brought near and is not needed any more.
    func discard(_ names: [String]) throws
    /// A folder of this machine for what is on its way.
    var scratch: String { get }
}
