# Account 210987654321, look (inline in group staff): 1 unused action less
import {
  to = aws_iam_group_policy.staff_look
  id = "staff:look"
}

resource "aws_iam_group_policy" "staff_look" {
  name  = "look"
  group = "staff"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "ec2:DescribeInstances",
          "ec2:DescribeVolumes",
        ]
        Resource = "*"
      },
    ]
  })
}

# Account 210987654321, visit (inline in group visitors): nothing of it is used: delete

# Account 210987654321, dead (customer managed): nothing of it is used: detach and delete

# Account 210987654321, deploy (customer managed): 2 unused actions less
import {
  to = aws_iam_policy.deploy
  id = "arn:aws:iam::210987654321:policy/deploy"
}

resource "aws_iam_policy" "deploy" {
  name = "deploy"
  path = "/"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Functions"
        Effect = "Allow"
        Action = [
          "lambda:GetFunction",
          "lambda:GetFunctionConfiguration",
        ]
        Resource = "arn:aws:lambda:eu-west-1:210987654321:function:checkout"
      },
    ]
  })
}

# Account 210987654321, orders (inline in role orders): 1 unused action less
import {
  to = aws_iam_role_policy.orders_orders
  id = "orders:orders"
}

resource "aws_iam_role_policy" "orders_orders" {
  name = "orders"
  role = "orders"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Tables"
        Effect = "Allow"
        Action = "dynamodb:GetItem"
        Resource = [
          "arn:aws:dynamodb:eu-west-1:210987654321:table/orders",
          "arn:aws:dynamodb:eu-west-1:210987654321:table/refunds",
        ]
      },
      {
        Sid      = "Tables2"
        Effect   = "Allow"
        Action   = "dynamodb:DescribeTable"
        Resource = "arn:aws:dynamodb:eu-west-1:210987654321:table/orders"
      },
      {
        Sid    = "OnlyWithMFA"
        Effect = "Deny"
        NotAction = [
          "dynamodb:*",
          "lambda:*",
        ]
        Resource = "*"
        Condition = {
          BoolIfExists = {
            "aws:MultiFactorAuthPresent" = "false"
          }
        }
      },
    ]
  })
}

# Account 210987654321, jobs (inline in role worker): 13 unused actions less
import {
  to = aws_iam_role_policy.worker_jobs
  id = "worker:jobs"
}

resource "aws_iam_role_policy" "worker_jobs" {
  name = "jobs"
  role = "worker"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ButNotDelete"
        Effect = "Allow"
        Action = [
          "sqs:ChangeMessageVisibility",
          "sqs:DeleteMessage",
          "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ]
        Resource = "arn:aws:sqs:eu-west-1:210987654321:jobs*"
      },
    ]
  })
}

# Account 210987654321, IAMReadOnlyAccess on role audit: new policy whittle-role-audit-IAMReadOnlyAccess
resource "aws_iam_policy" "whittle-role-audit-IAMReadOnlyAccess" {
  name = "whittle-role-audit-IAMReadOnlyAccess"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "iam:ListUsers"
        Resource = "*"
      },
    ]
  })
}

import {
  to = aws_iam_role_policy_attachments_exclusive.audit
  id = "audit"
}

resource "aws_iam_role_policy_attachments_exclusive" "audit" {
  role_name = "audit"
  policy_arns = [
    aws_iam_policy.whittle-role-audit-IAMReadOnlyAccess.arn,
  ]
}
