import PipelineEngine
import PipelineLedger
import Terminal
import Texts

/// What costs, for people.
enum BillableText {
    /// What it is, what it costs, and what becomes of it.
    static func parts(_ paid: BillableResource) -> [String] {
        let what =
            switch paid.kind {
            case .transferServer: "a temporary SFTP server at AWS"
            case .instance: "the management instance, started if it is off"
            case .objects: "temporary objects in the bucket"
            }
        var parts = [(paid.isLeft ? "paid: " : "paid while data is sent: ") + what]
        if let cost = paid.costPerHour { parts.append("about \(Dollars.text(cost)) USD an hour") }
        if paid.costPerHour == nil, paid.kind == .instance {
            parts.append("at its type's price an hour")
        }
        if paid.isLeft { parts.append("left by a killed run; it is taken away first") }
        return parts
    }
}
