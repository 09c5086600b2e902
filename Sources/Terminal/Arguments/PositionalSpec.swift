/// An argument that is known by its place.
package struct PositionalSpec: Hashable, Sendable {
    package enum Arity: Hashable, Sendable {
        case required
        case optional
        /// Takes all that follows, so only the last one can be it.
        case repeated(minimum: Int)
    }

    /// Lower case: `stage`, in the help `STAGE`.
    package var name: String
    package var arity: Arity
    package var help: String
    package var completion: Completion

    package init(
        _ name: String, _ arity: Arity = .required, help: String, completion: Completion = .nothing
    ) {
        self.name = name
        self.arity = arity
        self.help = help
        self.completion = completion
    }

    /// As the usage line shows it: `STAGE`, `[STAGE]`, `STAGE…`, `[STAGE…]`.
    package var usage: String {
        let name = name.uppercased()
        return switch arity {
        case .required: name
        case .optional: "[\(name)]"
        case .repeated(minimum: 0): "[\(name)…]"
        case .repeated: "\(name)…"
        }
    }

    var minimum: Int {
        switch arity {
        case .required: 1
        case .optional: 0
        case .repeated(let minimum): minimum
        }
    }
}

/// What a shell can offer for a value.
package enum Completion: Hashable, Sendable {
    case nothing
    case file
    case folder
    /// Exactly these values are valid.
    case choices([String])
    /// A kind of thing that the program lists when asked: `stage`.
    case dynamic(String)
}
