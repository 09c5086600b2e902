import PipelineEngine
import PipelineLedger
import Terminal

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
        if let cost = paid.costPerHour { parts.append("about \(dollars(cost)) USD an hour") }
        if paid.costPerHour == nil, paid.kind == .instance {
            parts.append("at its type's price an hour")
        }
        if paid.isLeft { parts.append("left by a killed run; it is taken away first") }
        return parts
    }

    /// With two digits behind the point.
    static func dollars(_ amount: Double) -> String {
        let cents = Int((amount * 100).rounded())
        return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }
}
