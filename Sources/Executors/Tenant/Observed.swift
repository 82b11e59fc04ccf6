/// Something of a tenant that was read, or why it could not be.
enum Observed<Value> {
    case known(Value)
    /// One sentence says why; it must not vary from run to run, as it is under the plan's hash.
    case unknown(reason: String)
}
