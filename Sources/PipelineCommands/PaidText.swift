import PipelineEngine
import PipelineLedger
import Terminal

/// What costs, for people.
enum PaidText {
    static func line(_ paid: PaidResource) -> String {
        let what =
            switch paid.kind {
            case .transferServer: "a temporary SFTP server at AWS"
            case .instance: "the management instance, started if it is off"
            case .objects: "temporary objects in the bucket"
            }
        let cost =
            paid.costPerHour.map { ", about \(dollars($0)) USD an hour" }
            ?? (paid.kind == .instance ? ", at its type's price an hour" : "")
        if paid.isLeft {
            return "paid: \(what)\(cost), left by a killed run; it is taken away first"
        }
        return "paid while data is sent: \(what)\(cost)"
    }

    /// With two digits behind the point.
    static func dollars(_ amount: Double) -> String {
        let cents = Int((amount * 100).rounded())
        return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }
}
