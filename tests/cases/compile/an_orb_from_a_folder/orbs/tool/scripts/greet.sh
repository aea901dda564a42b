cat <<END
Hello, $WHO: << parameters.who >> is no parameter in here.
END
